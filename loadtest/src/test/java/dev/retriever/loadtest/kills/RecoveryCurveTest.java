package dev.retriever.loadtest.kills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.Recorded;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecoveryCurveTest {
  private static final Instant KILL = Instant.parse("2026-01-01T00:01:00Z");

  private final List<FetchAnswer> fetches = new ArrayList<>();

  /** So many fetches that settle within each of these seconds from the kill on. */
  private void settle(int each, int from, int until) {
    for (var second = from; second < until; second++) {
      for (var i = 0; i < each; i++) {
        var at = KILL.plus(Duration.ofMillis(second * 1_000L + 500));
        var outcome =
            new FetchAnswer.Outcome(
                "answered",
                Optional.of("complete"),
                Optional.empty(),
                Optional.of(200),
                at.toString());
        fetches.add(
            Recorded.fetch("o", "f-" + fetches.size(), at, Optional.of(outcome), List.of()));
      }
    }
  }

  private static Strike strike(Optional<String> node) {
    return new Strike("kill -9", KILL, node, true, 1, 1);
  }

  @Test
  void the_curve_is_in_percent_of_the_rate_before_and_ends_with_the_load() {
    settle(10, -5, 0);
    settle(4, 3, 5);
    settle(10, 5, 8);

    var curve = RecoveryCurve.of(fetches, List.of(strike(Optional.of("127.0.0.1:1"))));

    assertThat(curve)
        .contains(
            new Plot.Point(-0.5, 100),
            new Plot.Point(0.5, 0),
            new Plot.Point(3.5, 40),
            new Plot.Point(6.5, 100))
        .last()
        .isEqualTo(new Plot.Point(6.5, 100));
  }

  @Test
  void without_a_strike_at_one_node_there_is_none() {
    settle(10, -5, 8);

    assertThat(RecoveryCurve.of(fetches, List.of(strike(Optional.empty())))).isEmpty();
  }
}
