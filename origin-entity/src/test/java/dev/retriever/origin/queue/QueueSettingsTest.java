package dev.retriever.origin.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.retriever.origin.queue.QueueSettings.Bad;
import dev.retriever.origin.queue.QueueSettings.Breaker;
import dev.retriever.origin.queue.QueueSettings.MostWaiting;
import dev.retriever.origin.queue.QueueSettings.PerKey;
import dev.retriever.origin.queue.QueueSettings.Rate;
import dev.retriever.origin.queue.QueueSettings.RetryAfterRule;
import dev.retriever.origin.queue.QueueSettings.RetryAfterScope;
import dev.retriever.origin.queue.QueueSettings.Weights;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class QueueSettingsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration DAY = Duration.ofDays(1);

  private static void refused(String pointer, String rule, ThrowingCallable call) {
    var refusal = catchThrowableOfType(InvalidQueue.class, call);
    assertThat(refusal).as(pointer).isNotNull();
    assertThat(refusal.pointer()).isEqualTo(pointer);
    assertThat(refusal).hasMessageContaining(rule);
  }

  private static QueueSettings concurrency(int concurrency) {
    var it = QueueSettings.DEFAULT;
    return it.concurrency(concurrency);
  }

  private static Breaker breaker(
      int permille, int least, Duration window, Duration min, Duration max) {
    return new Breaker(permille, least, window, min, max, Set.of(Bad.FAILED));
  }

  @Test
  void a_concurrency_is_1_to_100_000() {
    for (int refused : new int[] {0, -1, 100_001}) {
      refused("/concurrency", "1 to 100,000", () -> concurrency(refused));
      refused(
          "/perKey/concurrency",
          "1 to 100,000",
          () -> new PerKey(Optional.of(refused), Optional.empty()));
    }
    assertThat(concurrency(1).concurrency()).contains(1);
    assertThat(concurrency(100_000).concurrency()).contains(100_000);
  }

  @Test
  void a_rate_has_a_limit_a_time_and_a_burst_in_their_ranges() {
    refused("/rate/limit", "1 to 1,000,000", () -> new Rate(1_000_000_000, SECOND, 1));
    refused("/rate/limit", "1 to 1,000,000", () -> new Rate(0, SECOND, 1));
    refused("/rate/burst", "1 to 1,000,000", () -> new Rate(1, SECOND, 0));
    refused("/rate/burst", "1 to 1,000,000", () -> new Rate(1, SECOND, 1_000_001));
    refused("/rate/per", "1 ms to 1 day", () -> new Rate(1, Duration.ofNanos(999_999), 1));
    refused("/rate/per", "1 ms to 1 day", () -> new Rate(1, DAY.plusNanos(1), 1));
    refused("/rate/per", "must be given", () -> new Rate(1, null, 1));
    refused("/rate/limit", "one in a microsecond", () -> new Rate(1_001, Duration.ofMillis(1), 1));
    assertThat(new Rate(1_000, Duration.ofMillis(1), 1).limit()).isEqualTo(1_000);
    assertThat(new Rate(1_000_000, DAY, 1_000_000).burst()).isEqualTo(1_000_000);
  }

  @Test
  void a_rule_of_a_rate_of_each_key_names_where_it_stands() {
    assertThatThrownBy(
            () -> {
              try {
                new Rate(0, SECOND, 1);
              } catch (InvalidQueue e) {
                throw e.under("/perKey");
              }
            })
        .isInstanceOfSatisfying(
            InvalidQueue.class, it -> assertThat(it.pointer()).isEqualTo("/perKey/rate/limit"));
  }

  @Test
  void weights_are_of_at_most_a_thousand_names_each() {
    var many = new HashMap<String, Integer>();
    for (int i = 0; i <= 1_000; i++) {
      many.put("k" + i, 100);
    }
    refused("/weights/keys", "at most 1,000", () -> new Weights(Map.of(), many));
    refused("/weights/tenants/a~1b", "0.01 to 100", () -> new Weights(Map.of("a/b", 0), Map.of()));
    refused("/weights/keys/k", "0.01 to 100", () -> new Weights(Map.of(), Map.of("k", 10_001)));
    refused("/weights/keys", "1 to 128 bytes", () -> new Weights(Map.of(), Map.of("", 1)));
    refused(
        "/weights/keys", "1 to 128 bytes", () -> new Weights(Map.of(), Map.of("ü".repeat(65), 1)));
    many.remove("k0");
    assertThat(new Weights(many, many).keys()).hasSize(1_000);
  }

  @Test
  void other_settings_are_in_their_ranges() {
    refused("/waiting/max", "1 to 10,000,000", () -> new MostWaiting(0, 1));
    refused("/waiting/maxPerKey", "1 to 10,000,000", () -> new MostWaiting(1, 10_000_001));
    refused(
        "/retryAfter/max",
        "1 s to 1 day",
        () -> new RetryAfterRule(RetryAfterScope.KEY, Duration.ofMillis(999)));
    refused("/retryAfter/scope", "must be given", () -> new RetryAfterRule(null, SECOND));
    refused("/breaker/ratio", "0.001 to 1", () -> breaker(0, 1, SECOND, SECOND, SECOND));
    refused("/breaker/ratio", "0.001 to 1", () -> breaker(1_001, 1, SECOND, SECOND, SECOND));
    refused("/breaker/least", "1 to 10,000", () -> breaker(1, 0, SECOND, SECOND, SECOND));
    refused("/breaker/window", "1 s to 1 h", () -> breaker(1, 1, DAY, SECOND, SECOND));
    refused("/breaker/openMin", "1 s to 1 h", () -> breaker(1, 1, SECOND, Duration.ZERO, SECOND));
    refused(
        "/breaker/openMax",
        "at least openMin",
        () -> breaker(1, 1, SECOND, Duration.ofSeconds(2), SECOND));
    refused(
        "/breaker/counts",
        "at least one",
        () -> new Breaker(1, 1, SECOND, SECOND, SECOND, Set.of()));
    refused("/rate", "must be given", () -> withoutRate());
  }

  private static QueueSettings withoutRate() {
    var it = QueueSettings.DEFAULT;
    return new QueueSettings(
        it.concurrency(),
        null,
        it.perKey(),
        it.order(),
        it.weights(),
        it.waiting(),
        it.retryAfter(),
        it.breaker(),
        it.lost());
  }

  @Test
  void the_defaults_are_in_their_ranges() {
    assertThat(QueueSettings.DEFAULT.concurrency()).contains(100);
    assertThat(Breaker.DEFAULT.counts()).containsOnly(Bad.FAILED, Bad.UNKNOWN, Bad.STATUS_5XX);
  }
}
