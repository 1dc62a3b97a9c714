package dev.retriever.origin.queue.core;

import dev.retriever.origin.queue.QueueSettings.Rate;
import java.util.Optional;

/** A key: what waits under it, what runs, and what stops it. */
final class KeyState {
  final KeyId id;
  private final OriginLines[] levels = new OriginLines[Priorities.LEVELS];

  long waiting;
  int lines;

  /** Grants that are not over. */
  int outstanding;

  int running;

  /** Whose fetch holds it until it settles; null for none. */
  OriginId holder;

  /** Until when it is held, by the wall clock in microseconds. */
  long heldUntil = Timers.NEVER_HELD;

  /** A bit for each level in which it takes turns. */
  int entered;

  /** Whether it may not go though lines of it might. */
  boolean stopped;

  private Gcra rate;
  Timers.Due<KeyState> wall;
  Timers.Due<KeyState> micros;

  KeyState(KeyId id) {
    this.id = id;
  }

  OriginLines level(int level) {
    if (levels[level] == null) {
      levels[level] = new OriginLines();
    }
    return levels[level];
  }

  boolean anyMayGo(int level) {
    return levels[level] != null && levels[level].mayGo();
  }

  boolean isEmpty(int level) {
    return levels[level] == null || levels[level].isEmpty();
  }

  /** The oldest line of all priorities; empty when nothing waits. */
  Optional<LineState> oldest() {
    LineState oldest = null;
    for (int level = 0; level < Priorities.LEVELS; level++) {
      if (!isEmpty(level)) {
        var line = levels[level].oldest();
        if (oldest == null || line.line.oldest().isBefore(oldest.line.oldest())) {
          oldest = line;
        }
      }
    }
    return Optional.ofNullable(oldest);
  }

  /** Its bucket under that rate; a key that was not known has all tokens. */
  Gcra rate(Rate limit, long now) {
    if (rate == null) {
      rate = Gcra.full(limit, now);
    }
    rate.change(limit, now);
    return rate;
  }

  /** When nothing needs to be remembered of its rate any more. */
  long rateForgottenAt(long now) {
    return rate == null ? now : rate.full(now);
  }

  void forgetRate() {
    rate = null;
  }
}
