package dev.retriever.loadtest.result;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Formats figures with about three significant digits. */
public final class Figure {
  private Figure() {}

  /**
   * The text of a cell: whole numbers as they are, others with about three digits, null as a dash.
   */
  public static String text(Object value) {
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

  /** A duration in seconds; any other value as it is. */
  static Object seconds(Object value) {
    return value instanceof Duration time ? (Object) (time.toMillis() / 1e3) : value;
  }

  /** The value as JSON holds it: null for an empty one, a duration in seconds. */
  static Object plain(Object value) {
    return finite(seconds(value instanceof Optional<?> maybe ? maybe.orElse(null) : value));
  }

  /** The value, or null for a number that JSON cannot hold. */
  static Object finite(Object value) {
    return value instanceof Double number && !Double.isFinite(number) ? null : value;
  }
}
