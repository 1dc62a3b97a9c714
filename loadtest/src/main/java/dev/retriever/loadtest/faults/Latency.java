package dev.retriever.loadtest.faults;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Simulates the delay of a network, each way.
 *
 * @param fixedMs the least delay
 * @param jitterMs the most beyond it, evenly distributed
 */
public record Latency(int fixedMs, int jitterMs, long seed) {
  public static final Latency NONE = new Latency(0, 0, 0);

  public static Latency fixed(int millis) {
    return new Latency(millis, 0, 0);
  }

  /** Evenly between the two. */
  public static Latency between(int leastMs, int mostMs, long seed) {
    return new Latency(leastMs, mostMs - leastMs, seed);
  }

  /** Both, one after the other. The sum of two jitters is taken for an even one. */
  Latency plus(Latency other) {
    return new Latency(fixedMs + other.fixedMs, jitterMs + other.jitterMs, seed + other.seed);
  }

  /** Delays in nanoseconds, one after the other: the same for the same seed and purpose. */
  LongSupplier delays(String purpose) {
    var random = new SplittableRandom(seed * 31 + purpose.hashCode());
    var jitter = TimeUnit.MILLISECONDS.toNanos(jitterMs);
    return () ->
        TimeUnit.MILLISECONDS.toNanos(fixedMs) + (jitter == 0 ? 0 : random.nextLong(jitter + 1));
  }
}
