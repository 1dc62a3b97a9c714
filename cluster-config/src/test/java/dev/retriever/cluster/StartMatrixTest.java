package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import dev.retriever.cluster.security.StartRules;
import dev.retriever.cluster.security.tls.NodePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which ports may be opened: each address with each way to prove, or not to prove, who calls. */
class StartMatrixTest {
  private static final String ENTRY =
      "{ id = aaaaaaaaaaaa, hash = \"%s\", roles = [admin] }".formatted("0".repeat(64));

  private static final List<String> LOOPBACK =
      List.of("127.0.0.1", "127.9.8.7", "::1", "localhost");

  private static final List<String> ELSEWHERE =
      List.of("0.0.0.0", "::", "192.0.2.1", "2001:db8::1", "inside.test");

  @TempDir private Path directory;

  /** What is configured, and how ports are shown then. */
  private enum Auth {
    NOTHING("", "open"),
    OFF("retriever.node.auth.mode = off", "off"),
    KEYS("retriever.node.auth.keys.configured = [" + ENTRY + "]", "required"),
    KEYS_BUT_OFF(KEYS.setting + "\n" + OFF.setting, "off"),
    FILE("", "required"),
    EMPTY_FILE("", "required"),
    ISSUER(
        """
        retriever.node.auth.issuers = [{
          name = a, issuer = "https://a.test", jwks = "https://a.test/keys", audience = retriever
          tenant { value = default }, roles { value = [read] }
        }]
        """,
        "required");

    private final String setting;
    private final String mode;

    Auth(String setting, String mode) {
      this.setting = setting;
      this.mode = mode;
    }
  }

  private Config config(Auth auth, String... more) throws IOException {
    var file = directory.resolve("keys.conf");
    if (auth == Auth.FILE) {
      Files.writeString(file, "keys = [" + ENTRY + "]");
    } else if (auth == Auth.EMPTY_FILE) {
      Files.writeString(file, "");
    }
    return RunningNode.config(directory, auth.setting, String.join("\n", more));
  }

  private static StartRules rules(Config config) {
    return Doors.rules(config, NodePorts.from(config, Retriever.CLOCK));
  }

  private static Stream<Arguments> matrix() {
    return Stream.of("http", "management")
        .flatMap(
            port ->
                Stream.concat(LOOPBACK.stream(), ELSEWHERE.stream())
                    .flatMap(
                        host ->
                            Stream.of(Auth.values()).map(auth -> Arguments.of(port, host, auth))));
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void a_port_that_others_reach_takes_credentials_or_off(String port, String host, Auth auth)
      throws IOException {
    var config = config(auth, "retriever.node." + port + ".host = \"" + host + "\"");
    var rules = rules(config);
    var settings = NodeSettings.from(config);

    assertThat(rules.mode()).isEqualTo(auth.mode);
    if (auth == Auth.NOTHING && ELSEWHERE.contains(host)) {
      assertThatThrownBy(() -> settings.check(rules))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("retriever.node." + port + ".host")
          .hasMessageContaining("RETRIEVER_KEYS_FILE")
          .hasMessageContaining("RETRIEVER_AUTH=off");
    } else {
      settings.check(rules);
    }
  }

  @Test
  void a_port_is_bound_to_the_address_that_was_checked() throws IOException {
    assertThat(rules(config(Auth.NOTHING)).address("s", "localhost")).isEqualTo("127.0.0.1");
    assertThatThrownBy(() -> rules(config(Auth.OFF)).address("s", "no-such-host.test"))
        .hasMessage("s is 'no-such-host.test', which is no address, and no name of one");
  }

  @Test
  void nothing_is_started_when_a_port_must_not_be_opened() throws IOException {
    var config = config(Auth.NOTHING, "retriever.node.management.host = \"0.0.0.0\"");

    assertThatThrownBy(() -> Node.start(config)).isInstanceOf(IllegalArgumentException.class);
    try (var files = Files.list(directory)) {
      assertThat(files).as("no database").isEmpty();
    }
  }

  @Test
  void a_file_of_keys_that_is_named_must_be_there() throws IOException {
    var config =
        config(Auth.NOTHING, "retriever.node.auth.keys.file = \"" + directory + "/none.conf\"");

    assertThatThrownBy(() -> Node.start(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("none.conf")
        .hasMessageContaining("cannot be read");
  }

  @Test
  void a_key_in_the_place_of_its_hash_is_refused_and_not_shown() throws IOException {
    var key =
        dev.retriever.cluster.security.keys.ApiKey.generate(new java.security.SecureRandom())
            .secretText();
    var config =
        config(
            Auth.NOTHING,
            "retriever.node.auth.keys.configured = [{id = aaaaaaaaaaaa, roles = [read], hash = \"%s\"}]"
                .formatted(key));

    assertThatThrownBy(() -> Node.start(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("retriever.node.auth.keys.configured: entry 1: hash must be")
        .hasMessageNotContaining(key)
        .hasStackTraceContaining("entry 1")
        .satisfies(
            e -> {
              var trace = new java.io.StringWriter();
              e.printStackTrace(new java.io.PrintWriter(trace));
              assertThat(trace.toString()).doesNotContain(key);
            });
  }
}
