package dev.retriever.executor.settings;

import java.time.Duration;

/**
 * Checks for the constructors of settings records. Each method throws an {@link
 * IllegalArgumentException} if its rule is broken: {@code KEY must be RULE, but is VALUE}. {@link
 * SettingsReader} completes the key and adds the place of the value. Messages show a {@code long}
 * as a number of bytes.
 */
public final class SettingRules {
  private static final long[] MILLIS = {86_400_000, 3_600_000, 60_000, 1_000, 1};
  private static final String[] TIMES = {"d", "h", "m", "s", "ms"};
  private static final long[] BYTES = {1 << 30, 1 << 20, 1 << 10, 1};
  private static final String[] SIZES = {"GiB", "MiB", "KiB", "B"};

  private SettingRules() {}

  /** The bound is inclusive. */
  public static <T extends Comparable<T>> void atLeast(String key, T value, T least) {
    must(value.compareTo(least) >= 0, key, "at least " + words(least), value);
  }

  /** The bounds are inclusive. */
  public static <T extends Comparable<T>> void between(String key, T value, T least, T most) {
    var within = value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
    must(within, key, words(least) + " to " + words(most), value);
  }

  /** A duration must not be zero or negative. */
  public static void positive(String key, Duration value) {
    must(value.compareTo(Duration.ZERO) > 0, key, "more than 0", value);
  }

  /** The bound, which is inclusive, is the value of another key. */
  public static <T extends Comparable<T>> void atLeast(String key, T value, String other, T bound) {
    must(value.compareTo(bound) >= 0, key, "at least " + named(other, bound), value);
  }

  /** The bound, which is exclusive, is the value of another key. */
  public static <T extends Comparable<T>> void moreThan(
      String key, T value, String other, T bound) {
    must(value.compareTo(bound) > 0, key, "more than " + named(other, bound), value);
  }

  /** The bound, which is exclusive, is the value of another key. */
  public static <T extends Comparable<T>> void lessThan(
      String key, T value, String other, T bound) {
    must(value.compareTo(bound) < 0, key, "less than " + named(other, bound), value);
  }

  /**
   * Checks any rule.
   *
   * @param rule the rule in words, for the message
   */
  public static void must(boolean holds, String key, String rule, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s must be %s, but is %s".formatted(key, rule, words(value)));
    }
  }

  private static String named(String other, Object bound) {
    return other + " (" + words(bound) + ")";
  }

  private static String words(Object value) {
    return value instanceof Duration time
        ? inUnits(time.toMillis(), MILLIS, TIMES)
        : value instanceof Long bytes ? inUnits(bytes, BYTES, SIZES) : value.toString();
  }

  /** Writes a figure in the largest unit that divides it. */
  private static String inUnits(long figure, long[] sizes, String[] names) {
    var unit = 0;
    while (figure % sizes[unit] != 0) {
      unit++;
    }
    return figure == 0 ? "0" : figure / sizes[unit] + " " + names[unit];
  }
}
