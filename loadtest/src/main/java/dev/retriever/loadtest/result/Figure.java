package dev.retriever.loadtest.result;

import java.util.Locale;

/** Formats figures with about three significant digits. */
final class Figure {
  private Figure() {}

  /**
   * The text of a cell: whole numbers as they are, others with about three digits, null as a dash.
   */
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

  /** The value, or null for a number that JSON cannot hold. */
  static Object finite(Object value) {
    return value instanceof Double number && !Double.isFinite(number) ? null : value;
  }
}
