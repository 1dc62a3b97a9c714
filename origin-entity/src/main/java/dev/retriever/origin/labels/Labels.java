package dev.retriever.origin.labels;

import dev.retriever.executor.Utf8;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The rules of labels, by which fetches are found again. A fetch has at most {@link #MOST}. A key
 * has 1 to 32 of {@code A-Z a-z 0-9 . _ -} and begins with a letter or digit. A value has 1 to
 * {@link #LONGEST_VALUE} characters, and none of them controls anything. All bounds are inclusive.
 */
public final class Labels {
  /** Most labels of a fetch. */
  public static final int MOST = 8;

  /** Most characters of a value. */
  public static final int LONGEST_VALUE = 128;

  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,31}");

  private Labels() {}

  /**
   * Labels that break a rule.
   *
   * @param key of the label; empty if there are too many
   * @param rule what must be, without the key
   */
  public record Fault(Optional<String> key, String rule) {}

  /** The first rule that they break; empty when they break none. */
  public static Optional<Fault> fault(Map<String, String> labels) {
    if (labels.size() > MOST) {
      return Optional.of(new Fault(Optional.empty(), "must be at most " + MOST + " labels"));
    }
    return labels.entrySet().stream()
        .flatMap(label -> fault(label.getKey(), label.getValue()).stream())
        .findFirst();
  }

  /** The rule that this label breaks. */
  public static Optional<Fault> fault(String key, String value) {
    if (!KEY.matcher(key).matches()) {
      return Optional.of(
          new Fault(
              Optional.of(key),
              "must have a key of 1 to 32 of A-Z a-z 0-9 . _ -, which begins with a letter or digit"));
    }
    return isValue(value)
        ? Optional.empty()
        : Optional.of(
            new Fault(
                Optional.of(key),
                "must have a value of 1 to "
                    + LONGEST_VALUE
                    + " characters, without control characters"));
  }

  private static boolean isValue(String value) {
    return !value.isEmpty()
        && value.length() <= LONGEST_VALUE
        && Utf8.isEncodable(value)
        && value.chars().noneMatch(Character::isISOControl);
  }

  /** An unmodifiable copy, sorted by key. */
  public static SortedMap<String, String> sorted(Map<String, String> labels) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(labels));
  }

  /** Key, equals sign, value. No key has an equals sign, so two labels never have one text. */
  public static String text(String key, String value) {
    return key + "=" + value;
  }

  /** The texts of all of them, sorted by key. */
  public static List<String> texts(Map<String, String> labels) {
    return sorted(labels).entrySet().stream()
        .map(label -> text(label.getKey(), label.getValue()))
        .toList();
  }
}
