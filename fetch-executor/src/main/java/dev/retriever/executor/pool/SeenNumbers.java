package dev.retriever.executor.pool;

import java.util.BitSet;

/**
 * Which of the numbers that somebody counts have come: in any order, and perhaps more than once. Of
 * those that are far behind the latest it knows nothing, and takes them for come. Not thread-safe.
 */
final class SeenNumbers {
  static final int REMEMBERED = 4096;

  private final BitSet come = new BitSet(REMEMBERED);
  private long latest;

  /**
   * Whether it comes for the first time.
   *
   * @param number at least 1
   */
  boolean isNew(long number) {
    if (number <= latest - REMEMBERED) {
      return false;
    }
    forgetUpTo(number);
    var place = place(number);
    var before = come.get(place);
    come.set(place);
    return !before;
  }

  /** The numbers after the latest take the places of those that are far behind. */
  private void forgetUpTo(long number) {
    if (number - latest >= REMEMBERED) {
      come.clear();
    } else {
      for (var next = latest + 1; next <= number; next++) {
        come.clear(place(next));
      }
    }
    latest = Math.max(latest, number);
  }

  private static int place(long number) {
    return (int) (number % REMEMBERED);
  }
}
