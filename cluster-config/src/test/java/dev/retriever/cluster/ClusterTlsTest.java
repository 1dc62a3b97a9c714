package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes with certificates that are made here, and others that would like to be nodes. */
class ClusterTlsTest {
  @TempDir private Path directory;

  @Test
  void nodes_with_a_trusted_certificate_form_a_cluster_and_nobody_else_gets_in() throws Exception {
    var made = new TestKeys(directory);
    var keys = made.certificate("node");
    var trust = made.trusting(keys);
    var tls =
        """
        retriever.node.tls { keystore = "%s", truststore = "%s", password = "%s" }
        """
            .formatted(keys, trust, TestKeys.PASSWORD);
    var database = RunningNode.sharing("tls");
    try (var target = new TestTarget();
        var first = RunningNode.start(directory, tls, database, RunningNode.MAY_CALL_LOOPBACK);
        var second =
            RunningNode.start(
                directory, tls, database, RunningNode.MAY_CALL_LOOPBACK, first.joining())) {
      for (var i = 0; i < 8; i++) {
        var spec = json("{'id': 'a', 'request': {'url': '%s'}}", target.url("/ok"));
        assertThat(second.api().settled("tls-" + i, spec).at("/outcome/type"))
            .isEqualTo("answered");
      }
      assertThat(first.stat("/accepted")).as("origins on the other node").isPositive();
      assertThat(second.stat("/accepted")).isPositive();

      assertThatThrownBy(() -> listen(first, made.certificate("stranger"), trust))
          .isInstanceOf(SSLException.class);
      assertThatThrownBy(() -> listen(first, keys, trust))
          .as("one of us is let in, and nobody speaks first")
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(plain(first)).as("without TLS there is nothing but the end").isLessThan(0);
    }
  }

  private static void listen(RunningNode node, Path keys, Path trust) throws Exception {
    try (var socket =
        (SSLSocket)
            TestKeys.context(keys, trust)
                .getSocketFactory()
                .createSocket("127.0.0.1", port(node))) {
      socket.setSoTimeout(2_000);
      socket.startHandshake();
      socket.getOutputStream().write(new byte[0]);
      socket.getInputStream().read();
    }
  }

  private static int plain(RunningNode node) throws Exception {
    try (var socket = new Socket("127.0.0.1", port(node))) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write("not TLS at all\r\n\r\n".getBytes());
      return lastOf(socket.getInputStream());
    }
  }

  /** An alert may come first; then the end. */
  private static int lastOf(InputStream in) throws Exception {
    var read = in.read();
    while (read >= 0) {
      read = in.read();
    }
    return read;
  }

  private static int port(RunningNode node) {
    return Integer.parseInt(node.remoting().substring(node.remoting().lastIndexOf(':') + 1));
  }
}
