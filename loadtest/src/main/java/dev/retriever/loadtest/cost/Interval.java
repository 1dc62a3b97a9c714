package dev.retriever.loadtest.cost;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Where a percentile lies with a confidence of 95 percent, by order statistics: without any
 * assumption on the distribution.
 *
 * @param from empty if there are too few values to say
 * @param to likewise
 */
public record Interval(OptionalDouble from, OptionalDouble to) {
  private static final double OUTSIDE = 0.025;

  /**
   * @param percent more than 0, less than 100
   */
  public static Interval of(double[] values, double percent) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    var count = sorted.length;
    var below = 0;
    var above = count;
    var sum = 0.0;
    for (var k = 0; k <= count; k++) {
      // The chance that exactly k values lie below the percentile.
      sum += chance(count, k, percent / 100);
      if (sum <= OUTSIDE) {
        below = k + 1;
      }
      if (sum < 1 - OUTSIDE) {
        above = k + 1;
      }
    }
    return new Interval(at(sorted, below - 1), at(sorted, above));
  }

  private static OptionalDouble at(double[] sorted, int index) {
    return index < 0 || index >= sorted.length
        ? OptionalDouble.empty()
        : OptionalDouble.of(sorted[index]);
  }

  private static double chance(int count, int k, double part) {
    var log = 0.0;
    for (var i = 1; i <= k; i++) {
      log += Math.log(count - k + i) - Math.log(i);
    }
    return Math.exp(log + k * Math.log(part) + (count - k) * Math.log(1 - part));
  }
}
