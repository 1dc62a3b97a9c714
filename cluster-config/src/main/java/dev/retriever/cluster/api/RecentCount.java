package dev.retriever.cluster.api;

import java.time.Duration;
import java.util.Arrays;

/** Counts what happened within a time until now, to a tenth of that time. Not thread-safe. */
final class RecentCount {
  private static final int PARTS = 10;

  private final long[] counts = new long[PARTS];
  private final long part;
  private final long begin;
  private long latest;

  /**
   * @param within the time
   * @param begin a reading of the clock, not later than any that follows
   */
  RecentCount(Duration within, long begin) {
    this.part = Math.max(1, within.toNanos() / PARTS);
    this.begin = begin;
  }

  void add(long now) {
    turn(now);
    counts[(int) (latest % PARTS)]++;
  }

  long at(long now) {
    turn(now);
    return Arrays.stream(counts).sum();
  }

  /** Forgets the parts that are over. */
  private void turn(long now) {
    var current = Math.max(latest, (now - begin) / part);
    if (current - latest >= PARTS) {
      Arrays.fill(counts, 0);
    } else {
      for (var it = latest + 1; it <= current; it++) {
        counts[(int) (it % PARTS)] = 0;
      }
    }
    latest = current;
  }
}
