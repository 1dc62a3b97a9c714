package dev.retriever.loadtest.cost;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Statistics of measurements in milliseconds; all 0 without measurements. */
public record Deviation(int count, double avg, double p95, double max) {
  static Deviation of(DoubleStream measured) {
    var sorted = measured.sorted().toArray();
    if (sorted.length == 0) {
      return new Deviation(0, 0, 0, 0);
    }
    var p95 = sorted[(int) Math.ceil(0.95 * sorted.length) - 1];
    return new Deviation(
        sorted.length,
        Arrays.stream(sorted).average().orElseThrow(),
        p95,
        sorted[sorted.length - 1]);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "avg %.1f, p95 %.1f, max %.1f ms (of %d)", avg, p95, max, count);
  }
}
