package dev.retriever.cluster.formation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemotingTest {
  private static final String ELSEWHERE = "pekko.remote.artery.canonical.hostname = \"10.1.2.3\"";

  @TempDir private Path directory;

  private static Config config(String... settings) {
    return ConfigFactory.parseString(String.join("\n", settings))
        .withFallback(ConfigFactory.defaultApplication())
        .withFallback(ConfigFactory.defaultReferenceUnresolved())
        .resolve();
  }

  private static void check(String... settings) {
    Remoting.check(Remoting.configure(config(settings)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.3", "localhost", "\"[::1]\"", "\"::1\""})
  void on_loopback_nothing_is_asked_for(String host) {
    assertThatCode(() -> check("pekko.remote.artery.canonical.hostname = " + host))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ELSEWHERE,
        "pekko.remote.artery.canonical.hostname = \"no-such-host.invalid\"",
        "pekko.remote.artery.canonical.hostname = \"\"",
        "pekko.remote.artery.canonical.hostname = \"<getHostAddress>\"",
        "pekko.remote.artery.bind.hostname = \"0.0.0.0\"",
      })
  void where_other_hosts_reach_it_a_node_without_tls_is_refused_with_both_settings(String host) {
    assertThatThrownBy(() -> check(host))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("RETRIEVER_TLS_KEYSTORE and RETRIEVER_TLS_TRUSTSTORE")
        .hasMessageContaining("RETRIEVER_REMOTING_TLS=off");
  }

  @Test
  void with_both_stores_it_may_be_reached() throws Exception {
    var store = Files.createFile(directory.resolve("store.p12"));
    var stores =
        "retriever.node.tls { keystore = \"%s\", truststore = \"%s\" }".formatted(store, store);

    assertThatCode(() -> check(ELSEWHERE, stores)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"off", "false"})
  void without_tls_on_purpose_it_may_be_reached(String off) {
    assertThatCode(() -> check(ELSEWHERE, "retriever.node.tls.required = " + off))
        .doesNotThrowAnyException();
  }

  @Test
  void tls_that_asks_clients_for_nothing_is_none() {
    var oneSided =
        """
        pekko.remote.artery {
          transport = tls-tcp
          ssl.config-ssl-engine.require-mutual-authentication = off
        }
        """;

    assertThatThrownBy(() -> check(ELSEWHERE, oneSided))
        .hasMessageContaining("RETRIEVER_TLS_KEYSTORE");
  }

  @Test
  void providers_that_always_ask_clients_are_tls() {
    var rotating =
        """
        pekko.remote.artery {
          transport = tls-tcp
          ssl.ssl-engine-provider = org.apache.pekko.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider
        }
        """;

    assertThatCode(() -> check(ELSEWHERE, rotating)).doesNotThrowAnyException();
  }

  @Test
  void another_word_than_on_or_off_names_the_setting() {
    assertThatThrownBy(() -> check(ELSEWHERE, "retriever.node.tls.required = maybe"))
        .hasMessageContaining("retriever.node.tls.required must be on or off, but is maybe");
  }

  @Test
  void connections_are_cut_before_the_last_phase_of_the_end_is_over() {
    var config = config();

    assertThat(config.getDuration("retriever.node.tls.stop-timeout"))
        .isLessThan(
            config.getDuration("pekko.coordinated-shutdown.phases.actor-system-terminate.timeout"));
  }
}
