package dev.retriever.origin.queue;

import dev.retriever.executor.Utf8;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The rules of settings, and what is said when one is broken. */
final class Ranges {
  private static final int MOST_NAMED = 1_000;
  private static final int LONGEST_NAME = 128;

  private Ranges() {}

  static <T> T given(String pointer, T value) {
    if (value == null) {
      throw new InvalidQueue(pointer, "must be given");
    }
    return value;
  }

  static void number(String pointer, int value, int least, int most) {
    if (value < least || value > most) {
      throw new InvalidQueue(
          pointer, String.format("must be %,d to %,d, and is %,d", least, most, value));
    }
  }

  /** {@code range} in words, such as {@code 1 s to 1 day}. */
  static void time(String pointer, Duration value, Duration least, Duration most, String range) {
    given(pointer, value);
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new InvalidQueue(pointer, "must be " + range + ", and is " + value);
    }
  }

  static Map<String, Integer> weights(String pointer, Map<String, Integer> weights) {
    given(pointer, weights);
    if (weights.size() > MOST_NAMED) {
      throw new InvalidQueue(
          pointer,
          String.format("must name at most %,d, and names %,d", MOST_NAMED, weights.size()));
    }
    weights.forEach(
        (name, weight) -> {
          if (name.isEmpty() || Utf8.bytes("a name", name).length > LONGEST_NAME) {
            throw new InvalidQueue(
                pointer, "must have names of 1 to " + LONGEST_NAME + " bytes each");
          }
          var at = pointer + "/" + name.replace("~", "~0").replace("/", "~1");
          int hundredths = given(at, weight);
          if (hundredths < 1 || hundredths > 10_000) {
            throw new InvalidQueue(at, "must be 0.01 to 100, and is " + hundredths / 100.0);
          }
        });
    return Collections.unmodifiableMap(new TreeMap<>(weights));
  }
}
