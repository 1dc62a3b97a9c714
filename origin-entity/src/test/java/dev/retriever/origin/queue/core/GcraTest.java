package dev.retriever.origin.queue.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.queue.QueueSettings.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GcraTest {
  private static final long START = 7_000_000_000L;

  /** Takes as many as it can, and looks again when it says so. */
  private static List<Long> takenUntil(Gcra bucket, long from, long to) {
    var taken = new ArrayList<Long>();
    for (long now = from; now < to; now = bucket.next(now)) {
      while (bucket.admits(now)) {
        bucket.take(now);
        taken.add(now);
      }
      assertThat(bucket.next(now)).isGreaterThan(now);
    }
    return taken;
  }

  @Test
  void in_every_window_at_most_the_limit_and_a_burst_are_taken() {
    var random = new Random(17);
    for (int run = 0; run < 200; run++) {
      var rate =
          new Rate(
              1 + random.nextInt(50),
              Duration.ofMillis(1 + random.nextInt(5_000)),
              1 + random.nextInt(20));
      var bucket = Gcra.full(rate, START);
      var taken = new ArrayList<Long>();
      long now = START;
      for (int i = 0; i < 300; i++) {
        now += random.nextInt(3) == 0 ? random.nextInt(2_000_000) : random.nextInt(20_000);
        while (bucket.admits(now) && random.nextInt(5) > 0) {
          bucket.take(now);
          taken.add(now);
          if (random.nextInt(10) == 0) {
            bucket.giveBack(now);
            taken.remove(taken.size() - 1);
          }
        }
      }
      bounded(rate, taken);
    }
  }

  private static void bounded(Rate rate, List<Long> taken) {
    for (int first = 0; first < taken.size(); first++) {
      for (int last = first; last < taken.size(); last++) {
        double micros = taken.get(last) - taken.get(first);
        double most = micros * rate.limit() / (rate.per().toNanos() / 1_000) + rate.burst();
        assertThat((double) (last - first + 1)).isLessThanOrEqualTo(most + 1e-6);
      }
    }
  }

  @Test
  void what_is_asked_for_all_the_time_is_taken_at_the_limit() {
    var bucket = Gcra.empty(new Rate(7, Duration.ofSeconds(1), 3), START);

    assertThat(takenUntil(bucket, START, START + 100_000_000)).hasSizeBetween(699, 700);
  }

  @Test
  void an_empty_bucket_gives_the_first_token_after_a_full_step_and_no_burst() {
    var bucket = Gcra.empty(new Rate(10, Duration.ofSeconds(1), 5), START);

    assertThat(bucket.next(START)).isEqualTo(START + 100_000);
    assertThat(takenUntil(bucket, START, START + 500_001)).hasSize(5);
  }

  @Test
  void the_next_look_is_rounded_up_so_that_it_finds_a_token() {
    var bucket = Gcra.full(new Rate(3, Duration.ofMillis(100), 1), START);
    bucket.take(START);

    long next = bucket.next(START);

    assertThat(next).isEqualTo(START + 33_334);
    assertThat(bucket.admits(next - 1)).isFalse();
    assertThat(bucket.admits(next)).isTrue();
  }

  @Test
  void a_million_a_second_and_a_million_a_day_with_the_largest_burst_do_not_overflow() {
    for (var per : List.of(Duration.ofSeconds(1), Duration.ofDays(1))) {
      var bucket = Gcra.full(new Rate(1_000_000, per, 1_000_000), START);
      for (int i = 0; i < 1_000_000; i++) {
        assertThat(bucket.admits(START)).isTrue();
        bucket.take(START);
      }
      assertThat(bucket.admits(START)).isFalse();
      assertThat(bucket.next(START)).isEqualTo(START + per.toNanos() / 1_000 / 1_000_000);
      assertThat(bucket.full(START)).isEqualTo(START + per.toNanos() / 1_000);
    }
  }

  @Test
  void a_thousand_years_of_rest_fill_the_bucket_and_no_more() {
    var bucket = Gcra.empty(new Rate(1_000_000, Duration.ofDays(1), 3), START);
    long later = START + Duration.ofDays(365_000).toMillis() * 1_000;

    for (int i = 0; i < 3; i++) {
      assertThat(bucket.admits(later)).isTrue();
      bucket.take(later);
    }
    assertThat(bucket.admits(later)).isFalse();
  }

  @Test
  void a_change_keeps_as_many_tokens_taken_as_were() {
    var bucket = Gcra.full(new Rate(10, Duration.ofSeconds(1), 10), START);
    for (int i = 0; i < 8; i++) {
      bucket.take(START);
    }

    bucket.change(new Rate(1, Duration.ofDays(1), 10), START);

    assertThat(takenUntil(bucket, START, START + 1)).hasSize(2);
  }

  @Test
  void a_change_to_a_smaller_burst_leaves_an_empty_bucket_at_most() {
    var bucket = Gcra.full(new Rate(10, Duration.ofSeconds(1), 100), START);
    for (int i = 0; i < 80; i++) {
      bucket.take(START);
    }

    bucket.change(new Rate(10, Duration.ofSeconds(1), 2), START);

    assertThat(bucket.next(START)).isEqualTo(START + 100_000);
  }

  @Test
  void a_token_that_comes_back_can_be_taken_again_but_fills_no_more_than_the_bucket() {
    var bucket = Gcra.full(new Rate(1, Duration.ofSeconds(10), 1), START);
    bucket.take(START);
    bucket.giveBack(START);
    bucket.giveBack(START);

    assertThat(takenUntil(bucket, START, START + 1)).hasSize(1);
  }

  @Test
  void a_clock_that_goes_back_gives_nothing() {
    var bucket = Gcra.full(new Rate(1, Duration.ofSeconds(1), 1), START);
    bucket.take(START);

    assertThat(bucket.admits(START - 5_000_000)).isFalse();
    assertThat(bucket.admits(START + 999_999)).isFalse();
    assertThat(bucket.admits(START + 1_000_000)).isTrue();
  }
}
