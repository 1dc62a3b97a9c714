package dev.retriever.cluster.tenants.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SubmitRateTest {
  private static final long SECOND = 1_000_000_000L;

  private static int passed(SubmitRate rate, long from, long to, long step, int nodes) {
    var passed = 0;
    for (var now = from; now < to; now += step) {
      if (rate.waitFor(now, nodes).isEmpty()) {
        passed++;
      }
    }
    return passed;
  }

  @Test
  void a_burst_passes_at_once_and_the_next_waits_for_its_turn() {
    var rate = new SubmitRate(10, 5);

    assertThat(passed(rate, 0, 5, 1, 1)).isEqualTo(5);
    assertThat(rate.waitFor(5, 1)).contains(Duration.ofNanos(SECOND / 10 - 5));
    assertThat(rate.waitFor(SECOND / 10, 1)).isEmpty();
  }

  @Test
  void over_a_long_time_the_limit_and_one_burst_pass() {
    var rate = new SubmitRate(100, 20);

    assertThat(passed(rate, -7 * SECOND, 3 * SECOND, SECOND / 1000, 1)).isBetween(1_000, 1_020);
  }

  @Test
  void nodes_share_the_limit() {
    var rate = new SubmitRate(100, 20);

    assertThat(passed(rate, 0, 10 * SECOND, SECOND / 1000, 4)).isBetween(250, 255);
  }

  @Test
  void a_refusal_uses_nothing_up() {
    var rate = new SubmitRate(10, 1);
    passed(rate, 0, SECOND / 10, 1_000_000, 1);

    assertThat(rate.waitFor(SECOND / 10, 1)).isEmpty();
  }

  @Test
  void nothing_passes_a_limit_of_zero() {
    assertThat(passed(new SubmitRate(0, 1), 0, 10 * SECOND, SECOND, 1)).isZero();
  }
}
