package dev.retriever.origin.queue.core;

import java.util.Comparator;
import java.util.TreeSet;

/** What is to be looked at again at a time. The unit and the zero of times are the caller's. */
final class Timers<T> {
  /** The time of what is not to be looked at again. */
  static final long NEVER = Long.MAX_VALUE;

  /** A time that has always been over. */
  static final long NEVER_HELD = Long.MIN_VALUE;

  private final TreeSet<Due<T>> dues =
      new TreeSet<>(Comparator.<Due<T>>comparingLong(Due::at).thenComparingLong(Due::number));

  private long numbers;

  /** One thing at one time. */
  record Due<T>(T item, long at, long number) {}

  /**
   * Looks at the item then, instead of at another time.
   *
   * @param former what was set for it; null for nothing
   * @param at {@link #NEVER} for not any more
   */
  Due<T> set(Due<T> former, T item, long at) {
    if (former != null && former.at == at) {
      return former;
    }
    if (former != null) {
      dues.remove(former);
    }
    if (at == NEVER) {
      return null;
    }
    var due = new Due<>(item, at, ++numbers);
    dues.add(due);
    return due;
  }

  /** The earliest whose time has come, which is taken out; null when there is none. */
  T poll(long now) {
    return first() > now ? null : dues.pollFirst().item;
  }

  /** The earliest time. */
  long first() {
    return dues.isEmpty() ? NEVER : dues.first().at;
  }
}
