package dev.retriever.origin.queue.core.figures;

import dev.retriever.origin.queue.QueueView.Limit;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * For how long each limit was the binding one: in the last minute, and ever. Only sums are kept.
 * Not thread-safe.
 */
public final class LimitedBy {
  private static final int SECONDS = 60;
  private static final long SECOND = TimeUnit.SECONDS.toMicros(1);
  private static final int LIMITS = Limit.values().length;

  private final long[][] micros = new long[SECONDS][LIMITS];
  private final long[] ever = new long[LIMITS];
  private long at;

  /** Times are in microseconds, from any zero. */
  public LimitedBy(long now) {
    at = now;
  }

  /** That limit was the binding one until now, since the last call. */
  public void until(long now, Limit limit) {
    ever[limit.ordinal()] += Math.max(0, now - at);
    // What is older than a minute does not count.
    long from = Math.max(at, now - SECONDS * SECOND);
    clear(now);
    while (from < now) {
      long next = Math.min(now, (Math.floorDiv(from, SECOND) + 1) * SECOND);
      micros[index(from)][limit.ordinal()] += next - from;
      from = next;
    }
    at = Math.max(at, now);
  }

  /** For how long each limit was the binding one since the beginning, of those that ever were. */
  public Map<Limit, Duration> ever() {
    var times = new EnumMap<Limit, Duration>(Limit.class);
    for (var limit : Limit.values()) {
      if (ever[limit.ordinal()] > 0) {
        times.put(limit, Duration.of(ever[limit.ordinal()], ChronoUnit.MICROS));
      }
    }
    return times;
  }

  private void clear(long now) {
    long to = Math.floorDiv(now, SECOND);
    long first = Math.max(Math.floorDiv(at, SECOND) + 1, to - SECONDS + 1);
    for (long second = first; second <= to; second++) {
      Arrays.fill(micros[Math.floorMod(second, SECONDS)], 0);
    }
  }

  private static int index(long time) {
    return Math.floorMod(Math.floorDiv(time, SECOND), SECONDS);
  }

  /** The share of each limit that was ever the binding one; together 1. Empty at the beginning. */
  public Map<Limit, Double> shares() {
    long[] sums = new long[LIMITS];
    long all = 0;
    for (var second : micros) {
      for (int limit = 0; limit < LIMITS; limit++) {
        sums[limit] += second[limit];
        all += second[limit];
      }
    }
    var shares = new EnumMap<Limit, Double>(Limit.class);
    for (var limit : Limit.values()) {
      if (sums[limit.ordinal()] > 0) {
        shares.put(limit, sums[limit.ordinal()] / (double) all);
      }
    }
    return shares;
  }
}
