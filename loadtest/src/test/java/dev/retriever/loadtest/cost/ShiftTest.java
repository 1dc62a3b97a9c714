package dev.retriever.loadtest.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShiftTest {
  private static double[] around(double middle, double spread, int count, long seed) {
    var random = new Random(seed);
    return IntStream.range(0, count)
        .mapToDouble(i -> middle + spread * random.nextGaussian())
        .toArray();
  }

  @Test
  void a_shift_that_is_larger_than_the_noise_is_seen_and_measured() {
    var shift = Shift.of(around(10, 1, 30, 1), around(15, 1, 30, 2));

    assertThat(shift.isBeyondNoise()).isTrue();
    assertThat(shift.median()).isCloseTo(5, within(0.7));
    assertThat(shift.from()).isBetween(3.5, shift.median());
    assertThat(shift.to()).isBetween(shift.median(), 6.5);
  }

  @Test
  void equal_ways_seldom_differ_and_one_outlier_makes_no_difference() {
    var differ = 0;
    for (var seed = 0; seed < 1_000; seed++) {
      var ones = around(10, 1, 30, seed);
      ones[0] = 10_000;
      if (Shift.of(ones, around(10, 1, 30, seed + 5_000)).isBeyondNoise()) {
        differ++;
      }
    }

    assertThat(differ).as("of 1000, at a confidence of 95 %").isBetween(20, 85);
  }

  @Test
  void too_few_values_never_differ() {
    var shift = Shift.of(new double[] {1}, new double[] {100});

    assertThat(shift.median()).isEqualTo(99);
    assertThat(shift.isBeyondNoise()).isFalse();
  }

  @Test
  void the_interval_of_a_percentile_is_by_ranks_and_unknown_where_values_are_too_few() {
    var values = IntStream.rangeClosed(1, 30).mapToDouble(i -> i).toArray();

    assertThat(Interval.of(values, 50).from()).hasValue(10);
    assertThat(Interval.of(values, 50).to()).hasValue(21);
    assertThat(Interval.of(values, 95).to()).isEmpty();
    assertThat(Interval.of(new double[] {7}, 50)).isEqualTo(Interval.of(new double[] {}, 50));
  }

  @Test
  void the_interval_covers_the_true_median_as_often_as_it_says() {
    var covered = 0;
    for (var seed = 0; seed < 1_000; seed++) {
      var interval = Interval.of(around(0, 1, 30, seed), 50);
      if (interval.from().orElseThrow() <= 0 && interval.to().orElseThrow() >= 0) {
        covered++;
      }
    }

    assertThat(covered).isBetween(940, 990);
  }
}
