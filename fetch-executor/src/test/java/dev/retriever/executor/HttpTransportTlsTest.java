package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Report.Ambiguous;
import dev.retriever.executor.Report.Answered;
import dev.retriever.executor.Report.NotSent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS: a request goes only to whom its URL names, and a failed handshake has sent nothing. */
class HttpTransportTlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final TargetResolver.Lookup LOCAL =
      host -> new InetAddress[] {InetAddress.getByName("127.0.0.1")};

  @TempDir static Path directory;
  private static KeyStore keys;

  @BeforeAll
  static void make_a_certificate_for_good_test() throws Exception {
    var file = directory.resolve("keys.p12");
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var made =
        new ProcessBuilder(
                (keytool
                        + " -genkeypair -alias target -keyalg EC -validity 2 -dname CN=target"
                        + " -ext san=dns:good.test -storetype PKCS12 -storepass changeit -keystore "
                        + file)
                    .split(" "))
            .inheritIO()
            .start();
    assertThat(made.waitFor(60, TimeUnit.SECONDS)).isTrue();
    keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
  }

  private static RawTarget.Layer tls() throws Exception {
    var ours = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    ours.init(keys, PASSWORD);
    var context = SSLContext.getInstance("TLS");
    context.init(ours.getKeyManagers(), null, null);
    return tcp -> {
      var socket = (SSLSocket) context.getSocketFactory().createSocket(tcp, null, 0, false);
      socket.setUseClientMode(false);
      return socket;
    };
  }

  private static SslContext trusting() throws Exception {
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("target", keys.getCertificate("target"));
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    return SslContextBuilder.forClient()
        .trustManager(managers)
        .endpointIdentificationAlgorithm("HTTPS")
        .build();
  }

  private static RawTarget answering(String response) throws Exception {
    return new RawTarget(
        tls(),
        connection -> {
          while (connection.readRequest() != null) {
            connection.write(response);
          }
        });
  }

  private static String url(RawTarget target, String host) {
    return "https://" + host + ":" + target.port() + "/";
  }

  @Test
  void a_trusted_target_is_called_over_http_1_1_and_its_connection_kept() throws Exception {
    try (var target = answering(RawTarget.OK);
        var fixture = new TransportFixture(TransportFixture.LOOPBACK, LOCAL, trusting())) {
      assertThat(fixture.get(url(target, "good.test"))).isInstanceOf(Answered.class);
      assertThat(fixture.get(url(target, "good.test"))).isInstanceOf(Answered.class);
      assertThat(target.requests()).hasSize(2).allMatch(r -> r.startsWith("GET / HTTP/1.1\r\n"));
      assertThat(target.connections()).isEqualTo(1);
    }
  }

  @Test
  void an_unknown_certificate_is_a_failed_handshake() throws Exception {
    try (var target = answering(RawTarget.OK);
        var fixture = new TransportFixture(TransportFixture.LOOPBACK, LOCAL, null)) {
      assertThat(fixture.get(url(target, "good.test")))
          .isEqualTo(new NotSent(Stage.TLS, "tls-failed"));
      assertThat(target.requests()).isEmpty();
    }
  }

  @Test
  void a_certificate_for_another_name_is_a_failed_handshake() throws Exception {
    try (var target = answering(RawTarget.OK);
        var fixture = new TransportFixture(TransportFixture.LOOPBACK, LOCAL, trusting())) {
      assertThat(fixture.get(url(target, "other.test")))
          .isEqualTo(new NotSent(Stage.TLS, "tls-failed"));
      assertThat(target.requests()).isEmpty();
    }
  }

  @Test
  void a_target_that_speaks_no_tls_is_a_failed_handshake() throws Exception {
    try (var target =
            new RawTarget(
                connection -> {
                  connection.write(RawTarget.OK);
                  connection.awaitClosed();
                });
        var fixture = new TransportFixture(TransportFixture.LOOPBACK, LOCAL, null)) {
      assertThat(fixture.get(url(target, "good.test")))
          .isEqualTo(new NotSent(Stage.TLS, "tls-failed"));
    }
  }

  @Test
  void a_target_that_closes_during_the_handshake_was_sent_nothing() throws Exception {
    try (var target = new RawTarget(connection -> {});
        var fixture = new TransportFixture(TransportFixture.LOOPBACK, LOCAL, null)) {
      var report = (NotSent) fixture.get(url(target, "good.test"));
      assertThat(report.stage()).isEqualTo(Stage.TLS);
    }
  }

  @Test
  void an_abort_during_the_handshake_is_not_sent_and_closes_the_connection() throws Exception {
    try (var target = new RawTarget(RawTarget.Connection::awaitClosed);
        var fixture = new TransportFixture(TransportFixture.LOOPBACK, LOCAL, null)) {
      var call = fixture.start(FetchRequest.get(url(target, "good.test")));
      target.awaitReached();
      call.exchange.abort("timeout");
      assertThat(call.report()).isEqualTo(new NotSent(Stage.TLS, "timeout"));
      target.awaitHungUp();
    }
  }

  @Test
  void a_handshake_that_hangs_ends_at_the_connect_timeout() throws Exception {
    try (var target = new RawTarget(RawTarget.Connection::awaitClosed);
        var fixture =
            new TransportFixture(
                TransportFixture.LOOPBACK, LOCAL, null, "connect-timeout = 200ms")) {
      assertThat(fixture.get(url(target, "good.test")))
          .isEqualTo(new NotSent(Stage.TLS, "tls-failed"));
      target.awaitHungUp();
    }
  }

  @Test
  void a_body_without_a_length_is_whole_only_when_tls_says_goodbye() throws Exception {
    var open = "HTTP/1.1 200 OK\r\nX: y\r\n\r\nwhole?";
    try (var polite =
            new RawTarget(
                tls(),
                connection -> {
                  connection.readRequest();
                  connection.write(open);
                });
        var cut =
            new RawTarget(
                tls(),
                connection -> {
                  connection.readRequest();
                  connection.write(open);
                  connection.cut();
                });
        var fixture = new TransportFixture(TransportFixture.LOOPBACK, LOCAL, trusting())) {
      assertThat(fixture.get(url(polite, "good.test"))).isInstanceOf(Answered.class);
      var report = (Ambiguous) fixture.get(url(cut, "good.test"));
      assertThat(report.reason()).isEqualTo("connection-closed");
      assertThat(report.stage()).contains(Stage.BODY);
    }
  }
}
