package dev.retriever.cluster.security.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who a caller is by the certificate of its connection. */
class ClientCertificateTest {
  /**
   * With TLS 1.3 a client sends its request before the server has looked at its certificate. So it
   * sees the alert, or finds the connection closed while it writes.
   */
  private static final Class<?>[] REFUSALS = {SSLException.class, SocketException.class};

  private static final CertificateRules RULES =
      CertificateRules.from(
          ConfigFactory.parseString(
              """
              retriever.node.auth.certificates = [
                { subject = "CN=checkout, O=shop", tenant = shop, roles = [submit, read] }
                { subject = "CN=admin", tenant = default, roles = [admin] }
                { san = "spiffe://shop/checkout", tenant = shop, roles = [submit] }
                { san = "reports.shop.test", tenant = shop, roles = [read] }
              ]
              """));

  @TempDir private static Path directory;
  private static TestAuthority authority;
  private static TestAuthority stranger;
  private static TestPort port;

  @BeforeAll
  static void start() {
    authority = new TestAuthority(directory, "authority");
    authority.issue("port", "CN=port");
    authority.issue("checkout", "CN=checkout,O=shop");
    authority.issue("trick", "CN=checkout,O=\"x, CN=admin\"");
    authority.issue("several", "CN=admin,CN=checkout");
    authority.issue("joined", "CN=admin+CN=checkout");
    authority.issue("longer", "CN=checkout,O=shop,C=DE");
    authority.issue("case", "CN=Checkout,O=shop");
    authority.issue("ended", "CN=checkout,O=shop", "-startdate", "-10d", "-validity", "2");
    authority.issue("uri", "O=shop", "-ext", "san=uri:spiffe://shop/checkout");
    authority.issue("host", "O=shop", "-ext", "san=dns:Reports.shop.test");
    authority.issue(
        "uris", "O=shop", "-ext", "san=uri:spiffe://shop/checkout,uri:spiffe://shop/other");
    authority.issue("both", "CN=admin", "-ext", "san=uri:spiffe://shop/checkout");
    stranger = new TestAuthority(directory, "stranger");
    stranger.issue("checkout", "CN=checkout,O=shop");
    port = new TestPort(directory, authority, ClientAuth.WANT, RULES);
  }

  @AfterAll
  static void stop() {
    port.close();
  }

  private static TlsConnection.Answer me(SSLContext client, String... protocols) throws Exception {
    try (var connection = new TlsConnection(client, port.number(), protocols)) {
      return connection.get(TestPort.ME);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void a_certificate_stands_for_the_caller_of_its_rule(String version) throws Exception {
    var answer = me(authority.client("checkout"), version);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo("certificate:CN=checkout,O=shop");
  }

  @Test
  void a_connection_that_resumes_a_session_is_of_the_same_caller() throws Exception {
    var client = authority.client("checkout");
    for (var i = 0; i < 5; i++) {
      assertThat(me(client).text()).isEqualTo("certificate:CN=checkout,O=shop");
    }
  }

  @Test
  void a_uri_or_a_host_among_its_names_stands_for_one_too() throws Exception {
    assertThat(me(authority.client("uri")).text()).isEqualTo("certificate:spiffe://shop/checkout");
    assertThat(me(authority.client("host")).text()).isEqualTo("certificate:reports.shop.test");
  }

  @Test
  void without_a_certificate_there_is_a_connection_and_no_caller() throws Exception {
    assertThat(me(authority.client()).status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"trick", "several", "joined", "longer", "case", "uris", "both"})
  void a_certificate_whose_names_are_only_similar_is_refused(String alias) throws Exception {
    var answer = me(authority.client(alias));

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.text()).doesNotContain("checkout", "admin");
  }

  @Test
  void a_certificate_of_another_authority_ends_the_handshake() {
    assertThatThrownBy(() -> me(authority.client(stranger, "checkout"))).isInstanceOfAny(REFUSALS);
  }

  @Test
  void a_certificate_that_has_ended_ends_the_handshake() {
    assertThatThrownBy(() -> me(authority.client("ended"))).isInstanceOfAny(REFUSALS);
  }

  @Test
  void a_certificate_that_ends_while_its_connection_is_held_is_refused_from_then_on()
      throws Exception {
    try (var connection = new TlsConnection(authority.client("checkout"), port.number())) {
      assertThat(connection.get(TestPort.ME).status()).isEqualTo(200);
      port.ahead(Duration.ofDays(100));

      assertThat(connection.get(TestPort.ME).status()).isEqualTo(401);
    } finally {
      port.ahead(Duration.ZERO);
    }
  }

  @Test
  void a_held_connection_is_refused_when_its_authority_is_no_longer_trusted() throws Exception {
    try (var connection = new TlsConnection(authority.client("checkout"), port.number())) {
      assertThat(connection.get(TestPort.ME).status()).isEqualTo(200);
      port.trust(stranger);
      port.look();

      var answer = connection.get(TestPort.ME);

      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.closes()).isTrue();
      assertThat(me(authority.client(stranger, "checkout")).status()).isEqualTo(200);
    } finally {
      port.trust(authority);
      port.look();
    }
  }

  @Test
  void a_request_without_its_session_is_no_anonymous_one() {
    var settings =
        new PortTlsSettings(
            "retriever.node.http.tls",
            directory.resolve("port.crt"),
            directory.resolve("port.key"),
            java.util.Optional.of(directory.resolve("clients.crt")),
            ClientAuth.WANT,
            Duration.ofSeconds(10),
            Duration.ofHours(1));
    var clock = java.time.Clock.systemUTC();
    var certificates = new Certificates(new ServerTls(settings, clock), RULES, clock);

    assertThatThrownBy(() -> certificates.of(HttpRequest.GET("/v1/me")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("pekko.http.server.parsing.ssl-session-attribute");
  }

  @Test
  void when_the_server_does_not_pass_sessions_on_every_request_fails() throws Exception {
    try (var deaf =
            new TestPort(
                directory,
                authority,
                "port",
                ClientAuth.WANT,
                RULES,
                Duration.ofHours(1),
                "pekko.http.server.parsing.ssl-session-attribute = off");
        var connection = new TlsConnection(authority.client("checkout"), deaf.number());
        var anonymous = new TlsConnection(authority.client(), deaf.number())) {
      assertThat(connection.get(TestPort.ME).status()).isEqualTo(500);
      assertThat(anonymous.get(TestPort.ME).status()).isEqualTo(500);
    }
  }

  @Test
  void where_a_certificate_is_needed_there_is_no_connection_without_one() throws Exception {
    try (var strict = new TestPort(directory, authority, ClientAuth.NEED, RULES);
        var connection = new TlsConnection(authority.client("checkout"), strict.number())) {
      assertThat(connection.get(TestPort.ME).status()).isEqualTo(200);
      assertThatThrownBy(
              () -> {
                try (var anonymous = new TlsConnection(authority.client(), strict.number())) {
                  anonymous.get(TestPort.ME);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }
}
