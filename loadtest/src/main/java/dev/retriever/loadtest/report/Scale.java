package dev.retriever.loadtest.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Maps values to places along an axis, 0 to 1, and chooses its marks.
 *
 * @param from the first value of the axis
 * @param to its last
 */
record Scale(double from, double to, boolean log) {
  private static final int MARKS = 6;

  /** Up to so many powers of ten have marks between them. */
  private static final double FEW_POWERS = 2;

  /**
   * A scale that covers all values, with round ends. A linear scale begins at 0 unless a value is
   * below it.
   */
  static Scale of(List<Double> values, boolean log) {
    var all = values.stream().filter(value -> Double.isFinite(value) && (!log || value > 0));
    var range = all.mapToDouble(Double::doubleValue).summaryStatistics();
    if (range.getCount() == 0) {
      return new Scale(log ? 1 : 0, log ? 10 : 1, log);
    }
    if (log) {
      var least = Math.pow(10, Math.floor(Math.log10(range.getMin())));
      var most = Math.pow(10, Math.ceil(Math.log10(range.getMax())));
      return new Scale(least, most > least ? most : least * 10, true);
    }
    var least = Math.min(0, range.getMin());
    var step = step(range.getMax() - least);
    return new Scale(
        Math.floor(least / step) * step,
        Math.max(1, Math.ceil(range.getMax() / step)) * step,
        false);
  }

  /** A distance of 1, 2 or 5 times a power of ten that gives few marks. */
  private static double step(double range) {
    if (range <= 0) {
      return 1;
    }
    var rough = range / MARKS;
    var ten = Math.pow(10, Math.floor(Math.log10(rough)));
    var digit = rough / ten;
    return ten * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
  }

  double at(double value) {
    var place =
        log
            ? (Math.log10(Math.max(value, from)) - Math.log10(from))
                / (Math.log10(to) - Math.log10(from))
            : (value - from) / (to - from);
    return Math.max(0, Math.min(1, place));
  }

  List<Double> marks() {
    var marks = new ArrayList<Double>();
    if (log) {
      for (var exponent = Math.round(Math.log10(from));
          exponent <= Math.round(Math.log10(to));
          exponent++) {
        marks.add(Math.pow(10, exponent));
      }
      return marks;
    }
    var step = step(to - from);
    var count = Math.round((to - from) / step);
    for (var i = 0; i <= count; i++) {
      marks.add(from + i * step);
    }
    return marks;
  }

  /** Values between the marks that have a line, too: 2 and 5 times a power, if there are few. */
  List<Double> between() {
    if (!log || Math.log10(to / from) > FEW_POWERS + 0.01) {
      return List.of();
    }
    return marks().stream()
        .flatMapToDouble(mark -> DoubleStream.of(2 * mark, 5 * mark))
        .filter(value -> value < to)
        .boxed()
        .toList();
  }
}
