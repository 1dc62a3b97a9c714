package dev.retriever.cluster.security.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections to a port with TLS, without certificates of clients. */
class PortTest {
  private static final CertificateRules NO_RULES = new CertificateRules(List.of());

  /** A ClientHello of TLS 1.1, by hand, because Java does not offer it any more. */
  private static final String HELLO_1_1 =
      "1603010031" + "0100002d" + "0302" + "00".repeat(32) + "00" + "0006c009c013002f" + "0100";

  private static final int ALERT = 0x15;
  private static final int FATAL = 2;
  private static final int PROTOCOL_VERSION = 70;

  @TempDir private static Path directory;
  private static TestAuthority authority;
  private static TestPort port;

  @BeforeAll
  static void start() {
    authority = new TestAuthority(directory, "authority");
    authority.issue("port", "CN=port");
    port = new TestPort(directory, authority, ClientAuth.NONE, NO_RULES);
  }

  @AfterAll
  static void stop() {
    port.close();
  }

  @Test
  void it_says_https_where_it_is() {
    assertThat(port.url()).isEqualTo("https://127.0.0.1:" + port.number());
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLSv1.3, TLS_AES_256_GCM_SHA384"
  })
  void it_speaks_these_versions_and_chooses_the_cipher(String version, String cipher)
      throws Exception {
    try (var connection = new TlsConnection(authority.client(), port.number(), version)) {
      assertThat(connection.socket().getSession().getProtocol()).isEqualTo(version);
      assertThat(connection.socket().getSession().getCipherSuite()).isEqualTo(cipher);
      assertThat(connection.get("/problems/x").status()).isEqualTo(200);
    }
  }

  @Test
  void it_prefers_the_newer_one() throws Exception {
    try (var connection = new TlsConnection(authority.client(), port.number())) {
      assertThat(connection.socket().getSession().getProtocol()).isEqualTo("TLSv1.3");
    }
  }

  @Test
  void an_older_version_is_refused() throws Exception {
    var answer = answer(HexFormat.of().parseHex(HELLO_1_1));

    assertThat(answer[0]).isEqualTo((byte) ALERT);
    assertThat(answer[5]).isEqualTo((byte) FATAL);
    assertThat(answer[6]).isEqualTo((byte) PROTOCOL_VERSION);
  }

  @Test
  void a_cipher_without_forward_secrecy_is_refused() {
    assertThatThrownBy(
            () -> {
              var socket =
                  authority.client().getSocketFactory().createSocket("127.0.0.1", port.number());
              try (var tls = (javax.net.ssl.SSLSocket) socket) {
                tls.setEnabledProtocols(new String[] {"TLSv1.2"});
                tls.setEnabledCipherSuites(
                    new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"});
                tls.startHandshake();
              }
            })
        .isInstanceOf(SSLException.class);
  }

  @Test
  void http_without_tls_is_not_answered() throws Exception {
    var answer = answer("GET /problems/x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes());

    assertThat(new String(answer)).doesNotContain("HTTP/1.1");
  }

  @Test
  void only_http_1_1_is_offered() throws Exception {
    var socket = authority.client().getSocketFactory().createSocket("127.0.0.1", port.number());
    try (var tls = (javax.net.ssl.SSLSocket) socket) {
      var parameters = tls.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
      tls.setSSLParameters(parameters);
      tls.startHandshake();

      assertThat(tls.getApplicationProtocol()).isEqualTo("http/1.1");
    }
  }

  @Test
  void clients_are_not_asked_and_nobody_is_known_by_a_certificate() throws Exception {
    authority.issue("client", "CN=client");

    try (var connection = new TlsConnection(authority.client("client"), port.number())) {
      assertThat(connection.socket().getSession().getLocalCertificates()).isNull();
      assertThat(connection.get(TestPort.ME).status()).isEqualTo(401);
    }
  }

  @Test
  void a_connection_that_is_old_is_closed_behind_an_answer() throws Exception {
    try (var connection = new TlsConnection(authority.client(), port.number())) {
      assertThat(connection.get("/problems/x").closes()).isFalse();
      port.ahead(Duration.ofHours(1));

      var answer = connection.get("/problems/x");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.closes()).isTrue();
      assertThat(connection.ends()).isTrue();
    } finally {
      port.ahead(Duration.ZERO);
    }
  }

  @Test
  void a_client_that_goes_away_in_the_handshake_harms_nobody() throws Exception {
    try (var socket = new Socket("127.0.0.1", port.number())) {
      socket.getOutputStream().write(HexFormat.of().parseHex("1603010200010001fc0303"));
    }

    assertThatCode(
            () -> {
              try (var connection = new TlsConnection(authority.client(), port.number())) {
                connection.get("/problems/x");
              }
            })
        .doesNotThrowAnyException();
  }

  /** All that comes back until the end of the connection. */
  private static byte[] answer(byte[] request) throws IOException {
    try (var socket = new Socket("127.0.0.1", port.number())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(request);
      return socket.getInputStream().readAllBytes();
    }
  }
}
