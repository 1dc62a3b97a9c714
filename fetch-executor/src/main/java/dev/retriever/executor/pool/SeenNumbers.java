package dev.retriever.executor.pool;

import java.util.BitSet;

/**
 * Recognizes repeated sequence numbers, which may come in any order. Numbers far behind the latest
 * count as repeated. Not thread-safe.
 */
final class SeenNumbers {
  static final int REMEMBERED = 4096;

  private final BitSet seen = new BitSet(REMEMBERED);
  private long latest;

  /**
   * Notes a number, and says whether it has come for the first time.
   *
   * @param number at least 1
   */
  boolean isNew(long number) {
    if (number <= latest - REMEMBERED) {
      return false;
    }
    forgetUpTo(number);
    var place = place(number);
    var before = seen.get(place);
    seen.set(place);
    return !before;
  }

  /** Clears the bits of numbers far behind, because the new numbers reuse them. */
  private void forgetUpTo(long number) {
    if (number - latest >= REMEMBERED) {
      seen.clear();
    } else {
      for (var next = latest + 1; next <= number; next++) {
        seen.clear(place(next));
      }
    }
    latest = Math.max(latest, number);
  }

  private static int place(long number) {
    return (int) (number % REMEMBERED);
  }
}
