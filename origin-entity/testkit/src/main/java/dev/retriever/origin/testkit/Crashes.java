package dev.retriever.origin.testkit;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The writes at which the origin crashes. */
final class Crashes {
  /** Whether the origin crashes before or after the write. */
  enum Side {
    BEFORE,
    AFTER
  }

  private final SortedMap<Long, Side> scripted = new TreeMap<>();
  private long writes;

  /**
   * @param nth counted from 1, which is the next
   */
  void script(Side side, int nth) {
    if (nth < 1) {
      throw new IllegalArgumentException("the next write is 1, and " + nth + " is none to come");
    }
    scripted.put(writes + nth, side);
  }

  /** Whether to crash at this write, which is tried now. */
  Optional<Side> atThisWrite() {
    return Optional.ofNullable(scripted.remove(++writes));
  }

  /** How many writes were tried. */
  long writes() {
    return writes;
  }
}
