package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report.Ambiguous;
import dev.retriever.executor.Report.Answered;
import dev.retriever.executor.Report.NotSent;
import dev.retriever.executor.Stage;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTPS: a request goes only to whom its URL names, and a failed handshake has sent nothing. */
class HttpTransportTlsTest {
  private static final TargetResolver.Lookup LOCAL =
      host -> new InetAddress[] {InetAddress.getByName("127.0.0.1")};

  private static TestCertificates certificates;
  private static KeyStore keys;

  @BeforeAll
  static void make_a_certificate_for_good_test(@TempDir Path directory) {
    certificates = new TestCertificates(directory);
    keys = certificates.good();
  }

  private static RawTarget.Layer tls() {
    return TestCertificates.serving(keys);
  }

  private static String trusting() {
    return "tls.trust = \"" + certificates.authorityPem() + "\"";
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
        var fixture =
            new TransportFixture(TransportFixture.LOOPBACK, LOCAL, "pooled-rest = 0", trusting())) {
      assertThat(fixture.get(url(target, "good.test"))).isInstanceOf(Answered.class);
      assertThat(fixture.get(url(target, "good.test"))).isInstanceOf(Answered.class);
      assertThat(target.requests()).hasSize(2).allMatch(r -> r.startsWith("GET / HTTP/1.1\r\n"));
      assertThat(target.connections()).isEqualTo(1);
    }
  }

  @Test
  void an_abort_during_the_handshake_is_not_sent_and_closes_the_connection() throws Exception {
    try (var target = new RawTarget(RawTarget.Connection::awaitClosed);
        var fixture = new TransportFixture(TransportFixture.LOOPBACK, LOCAL)) {
      var call = fixture.start(FetchRequest.get(url(target, "good.test")));
      target.awaitReached();
      call.exchange.abort("timeout");
      assertThat(call.report()).isEqualTo(new NotSent(Stage.TLS, "timeout"));
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

  private static String[] withCertificate() {
    return new String[] {
      trusting(),
      "tls.certificate = \"" + certificates.goodPem() + "\"",
      "tls.key = \"" + certificates.goodKeyPem() + "\""
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void a_target_that_asks_for_our_certificate_is_shown_it(String version) throws Exception {
    try (var target =
            new RawTarget(certificates.asking(keys, version), WireScripts.answering(RawTarget.OK));
        var fixture = new TransportFixture(TransportFixture.LOOPBACK, LOCAL, withCertificate())) {
      assertThat(fixture.get(url(target, "good.test"))).isInstanceOf(Answered.class);
    }
  }

  @Test
  void without_a_certificate_the_handshake_of_tls_1_2_fails() throws Exception {
    try (var target =
            new RawTarget(
                certificates.asking(keys, "TLSv1.2"), WireScripts.answering(RawTarget.OK));
        var fixture = new TransportFixture(TransportFixture.LOOPBACK, LOCAL, trusting())) {
      assertThat(fixture.get(url(target, "good.test")))
          .isEqualTo(new NotSent(Stage.TLS, "tls-failed"));
      assertThat(target.begun()).isZero();
    }
  }

  /** Its handshake is over for us before the target has looked at what we did not show. */
  @Test
  void without_a_certificate_tls_1_3_has_us_send_and_know_nothing() throws Exception {
    try (var target =
            new RawTarget(
                certificates.asking(keys, "TLSv1.3"), WireScripts.answering(RawTarget.OK));
        var fixture = new TransportFixture(TransportFixture.LOOPBACK, LOCAL, trusting())) {
      var report = (Ambiguous) fixture.get(url(target, "good.test"));
      assertThat(report.stage()).contains(Stage.SENT);
      assertThat(target.begun()).isZero();
    }
  }

  @Test
  void files_that_are_not_what_they_should_be_are_refused_at_the_start() {
    var key = "tls.trust = \"" + certificates.goodKeyPem() + "\"";
    assertThatThrownBy(() -> new TransportFixture(TransportFixture.LOOPBACK, LOCAL, key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("retriever.executor.transport.tls.")
        .hasNoCause();
    var half = "tls.certificate = \"" + certificates.goodPem() + "\"";
    assertThatThrownBy(() -> new TransportFixture(TransportFixture.LOOPBACK, LOCAL, half))
        .hasMessageContaining("must be set both or neither");
  }
}
