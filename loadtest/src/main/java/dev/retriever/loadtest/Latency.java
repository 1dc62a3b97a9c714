package dev.retriever.loadtest;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Simulates the time that a network takes, each way.
 *
 * @param fixedMs at least
 * @param jitterMs at most beyond it, evenly drawn
 */
record Latency(int fixedMs, int jitterMs, long seed) {
  static final Latency NONE = new Latency(0, 0, 0);

  static Latency fixed(int millis) {
    return new Latency(millis, 0, 0);
  }

  /** Evenly between the two. */
  static Latency between(int leastMs, int mostMs, long seed) {
    return new Latency(leastMs, mostMs - leastMs, seed);
  }

  /** Delays in nanoseconds, one after the other: the same for the same seed and purpose. */
  LongSupplier delays(String purpose) {
    var random = new SplittableRandom(seed * 31 + purpose.hashCode());
    var jitter = TimeUnit.MILLISECONDS.toNanos(jitterMs);
    return () ->
        TimeUnit.MILLISECONDS.toNanos(fixedMs) + (jitter == 0 ? 0 : random.nextLong(jitter + 1));
  }
}
