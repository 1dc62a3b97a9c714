package dev.retriever.origin.queue.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.origin.queue.QueueSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SettingsJsonTest {
  static final QueueSettings FULL =
      new QueueSettings(
          Optional.of(7),
          Optional.of(new QueueSettings.Rate(5, Duration.ofSeconds(2), 3)),
          new QueueSettings.PerKey(
              Optional.of(2), Optional.of(new QueueSettings.Rate(1, Duration.ofMinutes(1), 1))),
          QueueSettings.Order.STRICT,
          new QueueSettings.Weights(Map.of("a", 300), Map.of("k", 50)),
          new QueueSettings.MostWaiting(1_000, 10),
          new QueueSettings.RetryAfterRule(
              QueueSettings.RetryAfterScope.KEY, Duration.ofMinutes(5)),
          Optional.of(QueueSettings.Breaker.DEFAULT),
          QueueSettings.Lost.FREE);

  @Test
  void settings_are_read_as_they_were_written() {
    assertThat(SettingsJson.read(SettingsJson.write(FULL))).isEqualTo(FULL);
    assertThat(SettingsJson.read(SettingsJson.write(QueueSettings.DEFAULT)))
        .isEqualTo(QueueSettings.DEFAULT);
  }

  /** Recorded: the text is the form in the journal and in the table of queues. */
  @Test
  void the_recorded_text_is_read() {
    var recorded =
        """
        {"concurrency":7,"rate":{"limit":5,"per":"PT2S","burst":3},
         "perKey":{"concurrency":2,"rate":{"limit":1,"per":"PT1M","burst":1}},"order":"STRICT",
         "weights":{"tenants":{"a":300},"keys":{"k":50}},"waiting":{"max":1000,"maxPerKey":10},
         "retryAfter":{"scope":"KEY","max":"PT5M"},
         "breaker":{"permille":500,"least":20,"window":"PT30S","openMin":"PT10S","openMax":"PT5M",
          "counts":["FAILED","UNKNOWN","STATUS_5XX"]},
         "lost":"FREE"}
        """;

    assertThat(SettingsJson.read(recorded)).isEqualTo(FULL);
  }

  @Test
  void no_limit_is_not_the_usual_limit() {
    var none = FULL.unlimited();

    assertThat(SettingsJson.read(SettingsJson.write(none))).isEqualTo(none);
  }

  @Test
  void what_an_older_version_did_not_write_is_as_usual_and_what_a_newer_one_wrote_is_left_out() {
    var read = SettingsJson.read("{\"concurrency\":7,\"waiting\":{\"max\":5},\"later\":{\"x\":1}}");

    assertThat(read.concurrency()).contains(7);
    assertThat(read.waiting().max()).isEqualTo(5);
    assertThat(read.waiting().maxPerKey()).isEqualTo(QueueSettings.DEFAULT.waiting().maxPerKey());
    assertThat(read.lost()).isEqualTo(QueueSettings.Lost.HOLD);
  }

  @Test
  void other_texts_are_refused() {
    assertThatThrownBy(() -> SettingsJson.read("7")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SettingsJson.read("{")).isInstanceOf(IllegalArgumentException.class);
  }
}
