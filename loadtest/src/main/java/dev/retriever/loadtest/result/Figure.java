package dev.retriever.loadtest.result;

import java.util.Locale;

/** How figures are written: as many digits as can be meant. */
final class Figure {
  private Figure() {}

  /** Of a cell: whole numbers as they are, others with three digits or so, nothing as a dash. */
  static String text(Object value) {
    if (value == null) {
      return "–";
    }
    return value instanceof Double || value instanceof Float
        ? decimal(((Number) value).doubleValue())
        : value.toString();
  }

  private static String decimal(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    var size = Math.abs(value);
    if (size >= 100 || value == Math.rint(value) && size < 1e9) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
  }

  /** What JSON can hold of it. */
  static Object finite(Object value) {
    return value instanceof Double number && !Double.isFinite(number) ? null : value;
  }
}
