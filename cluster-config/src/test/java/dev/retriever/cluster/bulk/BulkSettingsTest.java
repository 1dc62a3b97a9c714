package dev.retriever.cluster.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a job waits before its first page. */
class BulkSettingsTest {
  private static Config config(String more) {
    return ConfigFactory.parseString(more)
        .withFallback(ConfigFactory.defaultApplication())
        .withFallback(ConfigFactory.defaultReferenceUnresolved())
        .resolve();
  }

  @Test
  void it_is_ten_seconds_by_default() {
    assertThat(BulkSettings.from(config("")).beginsAfter()).isEqualTo(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"100 ms", "1 h"})
  void its_bounds_are_allowed(String wait) {
    assertThat(BulkSettings.from(config("retriever.node.jobs.begins-after = " + wait))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"99 ms", "61 m", "0"})
  void beyond_them_it_is_refused_by_its_name(String wait) {
    assertThatThrownBy(
            () -> BulkSettings.from(config("retriever.node.jobs.begins-after = " + wait)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("retriever.node.jobs.begins-after must be 100 ms to 1 h, but is");
  }
}
