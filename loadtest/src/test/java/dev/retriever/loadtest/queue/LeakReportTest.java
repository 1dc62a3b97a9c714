package dev.retriever.loadtest.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.queue.LeakReport.Round;
import dev.retriever.loadtest.result.Recorded;
import dev.retriever.loadtest.result.Result;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeakReportTest {
  /** An hour of twelve rounds, whose heap grows by so much an hour beside noise. */
  private static Result hour(double growthMib, double noiseMib, int threads) {
    var random = new Random(1);
    var rounds =
        IntStream.rangeClosed(1, 12)
            .mapToObj(
                i ->
                    new Round(
                        i / 12.0,
                        60 + growthMib * i / 12 + noiseMib * random.nextGaussian(),
                        300,
                        40 + threads * i,
                        100))
            .toList();
    return Recorded.result("soak", new LeakReport(rounds, 3_600, 200, 60_000)::into);
  }

  @Test
  void a_heap_that_stays_is_no_leak_and_one_that_grows_is() {
    assertThat(hour(0, 0.05, 0).kept()).isTrue();
    assertThat(String.join(" ", hour(0, 0.05, 0).findings())).contains("No growth beyond noise");

    assertThat(hour(40, 0.05, 0).kept()).isFalse();
    assertThat(String.join(" ", hour(40, 0.05, 0).findings())).contains("grows, beyond noise");
  }

  /** The line through it is flat, and yet it could hide a growth of more than the bar. */
  @Test
  void noise_in_which_a_leak_could_hide_is_not_kept() {
    var rounds =
        IntStream.rangeClosed(1, 12)
            .mapToObj(i -> new Round(i / 12.0, i % 2 == 0 ? 68 : 52, 300, 40, 100))
            .toList();

    var result = Recorded.result("soak", new LeakReport(rounds, 3_600, 200, 60_000)::into);

    assertThat(result.kept()).isFalse();
    assertThat(String.join(" ", result.findings())).contains("No growth beyond noise");
  }

  @Test
  void threads_that_grow_with_each_round_are_a_leak() {
    assertThat(hour(0, 0.05, 3).kept()).isFalse();
    assertThat(Recorded.text(hour(0, 0.05, 3))).contains("more threads at the end");
  }
}
