package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.storage.ConnectionSettings.Use;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** No connection is without limits, and none has limits that contradict each other. */
class ConnectionSettingsTest {
  @TempDir private Path directory;

  private Storage storage(String... settings) {
    return Storage.from(RunningNode.config(directory, settings));
  }

  private Map<String, String> parameters(String url, Use use) {
    return storage("retriever.node.db.url = \"" + url + "\"").connections().parameters(use);
  }

  @ParameterizedTest
  @EnumSource
  void whatever_it_is_for_a_connection_to_postgresql_has_all_limits(Use use) {
    assertThat(parameters("jdbc:postgresql://host/d", use))
        .containsKeys("connectTimeout", "socketTimeout", "cancelSignalTimeout")
        .containsEntry("tcpKeepAlive", "true")
        .hasEntrySatisfying("options", it -> assertThat(it).contains("statement_timeout="));
  }

  @ParameterizedTest
  @EnumSource
  void whatever_it_is_for_a_connection_to_a_server_of_h2_has_those_that_its_driver_knows(Use use) {
    assertThat(parameters("jdbc:h2:tcp://host/mem:d", use))
        .containsOnlyKeys("QUERY_TIMEOUT", "NETWORK_TIMEOUT");
  }

  @Test
  void a_limit_that_the_url_has_is_not_added_again() {
    assertThat(parameters("jdbc:h2:tcp://host/mem:d;network_timeout=1000", Use.WATCH))
        .containsOnlyKeys("QUERY_TIMEOUT");
  }

  @Test
  void h2_over_tls_is_refused_since_nothing_would_end_its_silence() {
    assertThatThrownBy(() -> storage("retriever.node.db.url = \"jdbc:h2:ssl://host/mem:d\""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("RETRIEVER_DB_URL")
        .hasMessageContaining("use PostgreSQL");
  }

  @ParameterizedTest
  @CsvSource({
    "limits.journal.connect, 1500 ms",
    "limits.journal.connect, 0 s",
    "limits.watch.silent, 0 s",
    "limits.wake-up.silent, 5500 ms",
    "limits.bulk.statement, 27 s",
    "limits.one-off.statement, 0 s",
    "pool.acquire, 1 s",
    "pool.validation, 100 ms",
    "pool.keep-alive, 29 s",
    "pool.lifetime, 30 s",
  })
  void a_limit_out_of_range_is_named(String key, String value) {
    assertThatThrownBy(() -> storage("retriever.node.db." + key + " = " + value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("retriever.node.db." + key);
  }

  @Test
  void a_setting_for_the_drivers_own_parameters_is_refused_with_its_new_place() {
    assertThatThrownBy(() -> storage("retriever.node.db.postgresql.journal.socketTimeout = 9"))
        .hasMessageContaining("retriever.node.db.postgresql is no longer read")
        .hasMessageContaining("retriever.node.db.limits");
  }
}
