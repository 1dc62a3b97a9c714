package dev.retriever.origin.queue.core.figures;

import java.util.concurrent.TimeUnit;

/** How often something happened in the last minute. Not thread-safe. */
public final class Recent {
  private static final int SECONDS = 60;
  private static final long SECOND = TimeUnit.SECONDS.toMicros(1);

  private final int[] counts = new int[SECONDS];
  private final long since;
  private long second;
  private long sum;

  /** Nothing has happened. Times are in microseconds, from any zero, and must not go back. */
  public Recent(long now) {
    since = now;
    second = Math.floorDiv(now, SECOND);
  }

  /** It happened. */
  public void add(long now) {
    pass(now);
    counts[Math.floorMod(second, SECONDS)]++;
    sum++;
  }

  /** In a second, over the last minute; or over its own age, if that is less. */
  public double perSecond(long now) {
    pass(now);
    long age = Math.max(SECOND, Math.min(SECONDS * SECOND, now - since));
    return sum * (double) SECOND / age;
  }

  private void pass(long now) {
    long to = Math.floorDiv(now, SECOND);
    for (long at = Math.max(second + 1, to - SECONDS + 1); at <= to; at++) {
      int index = Math.floorMod(at, SECONDS);
      sum -= counts[index];
      counts[index] = 0;
    }
    second = Math.max(second, to);
  }
}
