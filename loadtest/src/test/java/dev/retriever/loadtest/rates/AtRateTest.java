package dev.retriever.loadtest.rates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.pace.ClosedLoop.LoopResult;
import dev.retriever.loadtest.run.Phase;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AtRateTest {
  /** Fetches of a second that were due at an even distance, each with its time in milliseconds. */
  private static AtRate.Run run(double offered, int fetches, IntToLongFunction millis) {
    var timed =
        IntStream.range(0, fetches)
            .mapToObj(
                i -> {
                  var due = 1_000_000L * i / fetches;
                  var heard = due + 1_000 * millis.applyAsLong(i);
                  return new Timed(due, due, due, due, heard, heard, heard);
                })
            .toList();
    var elapsed = timed.stream().mapToLong(Timed::heard).max().orElse(0);
    return new AtRate.Run(
        offered,
        new LoopResult(Duration.ofNanos(1_000 * elapsed), fetches, 0, Optional.empty()),
        Phase.histogram(),
        Phase.histogram(),
        timed);
  }

  @Test
  void a_rate_is_sustained_though_random_moments_made_fewer_fetches_due_than_were_asked() {
    assertThat(run(50, 40, i -> 20).lacking()).isEmpty();
  }

  @Test
  void a_rate_is_not_sustained_when_answers_come_long_after_the_last_fetch_was_due() {
    assertThat(run(40, 40, i -> 150).lacking())
        .isEqualTo("the last answer came 150 ms after the last was due");
  }

  @Test
  void a_rate_is_not_sustained_when_times_rise_though_the_last_answers_come_soon() {
    assertThat(run(100, 100, i -> i < 75 ? 40 : i < 95 ? 101 : 20).lacking())
        .isEqualTo("times rose from 40 to 101 ms");
  }
}
