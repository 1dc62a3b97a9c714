package dev.retriever.cluster.security.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of both ports, and what is wrong with some. */
class NodePortsTest {
  private static final String API = "retriever.node.http.tls.";
  private static final String MANAGEMENT = "retriever.node.management.tls.";

  @TempDir private static Path directory;
  private static String sound;
  private static String clients;

  @BeforeAll
  static void issue() throws IOException {
    var authority = new TestAuthority(directory, "authority");
    authority.issue("port", "CN=port");
    authority.issue("other", "CN=other");
    authority.issue("ended", "CN=ended", "-startdate", "-10d", "-validity", "2");
    for (var alias : new String[] {"port", "other", "ended"}) {
      Files.write(directory.resolve(alias + ".crt"), authority.certificatePem(alias));
      Files.write(directory.resolve(alias + ".key"), authority.keyPem(alias));
    }
    Files.writeString(directory.resolve("empty"), "");
    Files.write(directory.resolve("large"), new byte[(1 << 20) + 1]);
    sound = pair(API, "port.crt", "port.key");
    clients = API + "client-ca = \"" + authority.authorityPem() + "\"";
  }

  private static String pair(String section, String certificate, String key) {
    return "%scertificate = \"%s\"\n%skey = \"%s\"\n"
        .formatted(section, directory.resolve(certificate), section, directory.resolve(key));
  }

  private static Config config(String... settings) {
    return ConfigFactory.parseString(String.join("\n", settings))
        .withFallback(ConfigFactory.defaultApplication())
        .withFallback(ConfigFactory.defaultReferenceUnresolved())
        .resolve();
  }

  private static NodePorts ports(String... settings) {
    return NodePorts.from(config(settings), Clock.systemUTC());
  }

  @Test
  void by_default_no_port_has_tls() {
    assertThat(ports().api().isSecure()).isFalse();
    assertThat(ports().management().isSecure()).isFalse();
    assertThat(ports().mapsClients()).isFalse();
  }

  @Test
  void each_port_has_settings_of_its_own() {
    assertThat(ports(sound).api().isSecure()).isTrue();
    assertThat(ports(sound).management().isSecure()).isFalse();
    assertThat(ports(pair(MANAGEMENT, "port.crt", "port.key")).management().isSecure()).isTrue();
  }

  @Test
  void with_an_authority_clients_are_asked_unless_it_is_said_otherwise() {
    assertThat(ports(sound).api().asksClients()).isFalse();
    assertThat(ports(sound, clients).api().asksClients()).isTrue();
    assertThat(ports(sound, clients, API + "client-auth = need").api().asksClients()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "other.crt | port.key  | the key is not that of the first certificate",
        "ended.crt | ended.key | CN=ended is not valid now",
        "none.crt  | port.key  | none.crt cannot be read (NoSuchFileException)",
        "port.crt  | none.key  | none.key cannot be read (NoSuchFileException)",
        "empty     | port.key  | empty holds no certificate in PEM",
        "port.crt  | empty     | empty must hold one private key in PEM, but holds 0",
        "port.key  | port.crt  | port.key holds no certificate in PEM",
        "large     | port.key  | large has more than 1 MiB",
        "''        | port.key  | cannot be read",
      })
  void files_that_are_not_sound_fail_the_start_by_their_names(
      String certificate, String key, String message) {
    assertThatThrownBy(() -> ports(pair(API, certificate, key)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("retriever.node.http.tls: ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http.tls.key = \"\"                          | http.tls.certificate must be set together",
        "http.tls.certificate = \"\"                  | http.tls.certificate must be set together",
        "http.tls.client-auth = need                  | http.tls.client-auth must be none or want",
        "http.tls.client-auth = ask                   | http.tls.client-auth must be none or want or",
        "http.tls.reload-interval = 9 ms              | http.tls.reload-interval must be 10 ms to 1 h",
        "http.tls.reload-interval = 2 h               | http.tls.reload-interval must be 10 ms to 1 h",
        "http.tls.reload-interval = soon              | http.tls.reload-interval must be a duration",
        "http.tls.connection-lifetime = 2 h           | connection-lifetime must be 1 s to 1 h",
        "http.tls.connection-lifetime = 0             | connection-lifetime must be 1 s to 1 h",
      })
  void a_wrong_setting_fails_the_start_by_its_name(String setting, String message) {
    assertThatThrownBy(() -> ports(sound, "retriever.node." + setting))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void an_authority_takes_a_certificate_of_the_port_and_clients_that_are_asked() {
    assertThatThrownBy(() -> ports(clients)).hasMessageContaining("both of them with client-ca");
    assertThatThrownBy(() -> ports(sound, clients, API + "client-auth = none"))
        .hasMessageContaining("client-auth must be want or need with a client-ca");
    assertThatThrownBy(
            () -> ports(sound, API + "client-ca = \"" + directory.resolve("empty") + "\""))
        .hasMessageContaining("empty holds no certificate");
  }

  @Test
  void probes_of_the_management_port_need_no_certificate() {
    var management =
        pair(MANAGEMENT, "port.crt", "port.key") + clients.replace(API, MANAGEMENT) + "\n";

    assertThat(ports(management).management().asksClients()).isTrue();
    assertThatThrownBy(() -> ports(management + MANAGEMENT + "client-auth = need"))
        .hasMessageContaining("retriever.node.management.tls.client-auth must be none or want");
  }

  @Test
  void certificates_of_callers_take_a_port_that_asks_for_them() {
    var rules =
        "retriever.node.auth.certificates = [{ subject = \"CN=a\", tenant = a, roles = [read] }]";

    assertThat(ports(sound, clients, rules).mapsClients()).isTrue();
    assertThatThrownBy(() -> ports(sound, rules))
        .hasMessageContaining("retriever.node.auth.certificates must be empty without a client-ca");
  }

  @Test
  void a_server_that_does_not_pass_sessions_on_does_not_start() {
    assertThatThrownBy(
            () -> ports(sound, clients, "pekko.http.server.parsing.ssl-session-attribute = off"))
        .hasMessageContaining("pekko.http.server.parsing.ssl-session-attribute must be on");
  }

  @ParameterizedTest
  @CsvSource({"pekko.http.server.enable-http2", "pekko.http.server.preview.enable-http2"})
  void http_2_stays_off(String setting) {
    assertThatThrownBy(() -> ports(setting + " = on"))
        .hasMessageContaining("pekko.http.server.enable-http2 must be off");
  }
}
