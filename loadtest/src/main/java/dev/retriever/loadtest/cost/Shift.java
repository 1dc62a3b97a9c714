package dev.retriever.loadtest.cost;

import java.util.Arrays;

/**
 * By how much values are shifted against others, with a confidence of 95 percent: the median of all
 * differences between one and another, and its interval by ranks (Hodges and Lehmann). Outliers
 * hardly matter.
 *
 * @param from infinite if there are too few values to say
 * @param to likewise
 */
public record Shift(double median, double from, double to) {
  /** Standard deviations of a normal distribution. */
  private static final double CONFIDENCE = 1.96;

  /**
   * @param ones at least one
   * @param others at least one
   */
  public static Shift of(double[] ones, double[] others) {
    var differences = new double[ones.length * others.length];
    for (var i = 0; i < ones.length; i++) {
      for (var j = 0; j < others.length; j++) {
        differences[i * others.length + j] = others[j] - ones[i];
      }
    }
    Arrays.sort(differences);
    var pairs = differences.length;
    var spread = Math.sqrt(pairs * (ones.length + others.length + 1.0) / 12);
    var rank = (int) Math.floor(pairs / 2.0 - CONFIDENCE * spread);
    return new Shift(
        (differences[(pairs - 1) / 2] + differences[pairs / 2]) / 2,
        rank < 1 ? Double.NEGATIVE_INFINITY : differences[rank - 1],
        rank < 1 ? Double.POSITIVE_INFINITY : differences[pairs - rank]);
  }

  /** Whether it is not 0. */
  public boolean isBeyondNoise() {
    return from > 0 || to < 0;
  }
}
