package dev.retriever.executor.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.settings.PoolsSettings.Placement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolsSettingsTest {
  private static final ExecutorSettings REFERENCE =
      new ExecutorSettings(
          4,
          10_000,
          64 << 20,
          Duration.ofSeconds(15),
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofHours(1),
          10_000);

  private static PoolsSettings settings(String... lines) {
    return PoolsSettings.from(
        ConfigFactory.parseString(String.join("\n", lines))
            .withFallback(ConfigFactory.parseResources("reference.conf"))
            .resolve());
  }

  private static PoolsSettings pools(String pools) {
    return settings("retriever.executor.pools { " + pools + " }");
  }

  @Test
  void there_is_one_pool_unless_more_are_asked_for() {
    assertThat(settings())
        .isEqualTo(new PoolsSettings(REFERENCE, Map.of(), Placement.OWN_NODE, 5_000));
  }

  @Test
  void a_target_has_room_for_one_attempt_at_least() {
    var limit = "retriever.executor.transport.max-per-target";

    assertThat(settings(limit + " = 1").maxPerTarget()).isEqualTo(1);
    assertThatThrownBy(() -> settings(limit + " = 0")).hasMessageContaining(limit);
    assertThatThrownBy(() -> settings(limit + " = 1000001")).hasMessageContaining(limit);
  }

  @Test
  void a_pool_takes_what_it_does_not_say_from_the_default_one() {
    var settings =
        settings(
            "retriever.executor { permits = 50, resend-max = 7 s }",
            "retriever.executor.pools { bulk { permits = 100, executors = 1 }, plain {} }");

    assertThat(settings.standard().permits()).isEqualTo(50);
    assertThat(settings.named()).containsOnlyKeys("bulk", "plain");
    assertThat(settings.named().get("plain")).isEqualTo(settings.standard());
    assertThat(settings.named().get("bulk"))
        .isEqualTo(
            new ExecutorSettings(
                1,
                100,
                REFERENCE.reportBytes(),
                REFERENCE.reservation(),
                REFERENCE.resendMin(),
                Duration.ofSeconds(7),
                REFERENCE.reportRetention(),
                REFERENCE.waitingOrigins()));
  }

  @Test
  void the_name_of_a_pool_may_have_a_dot_when_it_is_quoted() {
    assertThat(pools("\"eu.bulk-1_a\" { permits = 1 }").named().get("eu.bulk-1_a").permits())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bulk { permits = 0 }             | retriever.executor.pools.bulk.permits | 0",
        "bulk { executors = many }        | retriever.executor.pools.bulk.executors | whole",
        "bulk { reservation = 0 s }       | retriever.executor.pools.bulk.reservation | more than 0",
        "bulk { reservation = soon }      | retriever.executor.pools.bulk.reservation | soon",
        "bulk { resend-max = 1 ms }       | retriever.executor.pools.bulk.resend-max | resend-min",
        "bulk { permit = 1 }              | retriever.executor.pools.bulk.permit | permits",
        "bulk { transport {} }            | retriever.executor.pools.bulk.transport | permits",
        "a.b { permits = 1 }              | retriever.executor.pools.a.b | quoted",
        "bulk = 100                       | retriever.executor.pools.bulk | { permits = 100 }",
        "'\"a.b\" { permits = 0 }'        | retriever.executor.pools.\"a.b\".permits | 0",
        "'\"a b\" {}'                     | retriever.executor.pools.\"a b\" | 1 to 64",
        "default {}                       | retriever.executor.pools.default | itself",
      })
  void a_wrong_setting_is_refused_by_its_key(String line, String key, String hint) {
    assertThatThrownBy(() -> pools(line)).hasMessageContaining(key).hasMessageContaining(hint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"permits = 0", "executors = 0", "report-bytes = 0", "resend-max = 1 ms"})
  void a_wrong_setting_of_the_default_pool_is_refused_by_its_own_key(String line) {
    assertThatThrownBy(
            () -> settings("retriever.executor." + line, "retriever.executor.pools.a {}"))
        .hasMessageStartingWith("retriever.executor." + line.substring(0, line.indexOf(' ')));
  }
}
