package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes with certificates of the documented script, and others that would like to be nodes. */
class ClusterTlsTest {
  /** On a busy machine; a test that passes does not wait for it. */
  private static final int PATIENT_MILLIS = 60_000;

  /** So long a connection that is let in stays silent. */
  private static final int SILENT_MILLIS = 2_000;

  /** Longer than two answers may take, each of which waits for a minute. */
  private static final Duration MOVED = Duration.ofMinutes(3);

  @TempDir private Path directory;

  @Test
  void nodes_with_a_trusted_certificate_form_a_cluster_and_nobody_else_gets_in() throws Exception {
    madeByScript();
    var keys = directory.resolve("keystore.p12");
    var trust = directory.resolve("truststore.p12");
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
        var origin = "tls-" + i;
        // While origins move to the node that has joined, callers may have to repeat what they ask.
        Eventually.becomes(
            "answered", () -> second.api().settled(origin, spec).at("/outcome/type"), MOVED);
      }
      assertThat(first.stat("/accepted")).as("origins on the other node").isPositive();
      assertThat(second.stat("/accepted")).isPositive();

      var stranger = new TestKeys(directory).certificate("stranger");
      assertThatThrownBy(() -> listen(first, stranger, trust, PATIENT_MILLIS))
          .isInstanceOf(SSLException.class);
      assertThatThrownBy(() -> listen(first, keys, trust, SILENT_MILLIS))
          .as("a node is let in, and nobody speaks first")
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(plain(first)).as("without TLS there is nothing but the end").isLessThan(0);
    }
  }

  private void madeByScript() throws Exception {
    var script = Path.of("kubernetes", "node-certificates.sh").toString();
    var command = new ProcessBuilder(script, directory.toString());
    command.environment().put("RETRIEVER_TLS_PASSWORD", TestKeys.PASSWORD);
    var process = command.redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  /** Waits for the end of the connection, whose refusal may come after the handshake. */
  private static void listen(RunningNode node, Path keys, Path trust, int silentMillis)
      throws Exception {
    var factory = TestKeys.context(keys, trust).getSocketFactory();
    try (var socket = (SSLSocket) factory.createSocket("127.0.0.1", port(node))) {
      socket.setSoTimeout(PATIENT_MILLIS);
      socket.startHandshake();
      socket.setSoTimeout(silentMillis);
      socket.getInputStream().read();
    }
  }

  private static int plain(RunningNode node) throws Exception {
    try (var socket = new Socket("127.0.0.1", port(node))) {
      socket.setSoTimeout(PATIENT_MILLIS);
      socket.getOutputStream().write("not TLS at all\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
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
