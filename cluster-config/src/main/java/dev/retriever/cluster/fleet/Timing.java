package dev.retriever.cluster.fleet;

import java.util.Optional;

/**
 * How often something was measured, and how long it took in all: since a node started, or in some
 * time. Immutable.
 */
public record Timing(long count, double seconds) {
  /** Nothing was measured. */
  public static final Timing NONE = new Timing(0, 0);

  private static final double MILLIS = 1_000;

  Timing plus(Timing other) {
    return new Timing(count + other.count, seconds + other.seconds);
  }

  Timing minus(Timing other) {
    return new Timing(count - other.count, seconds - other.seconds);
  }

  /** The mean in milliseconds; empty if nothing was measured. */
  Optional<Double> meanMillis() {
    return count <= 0 ? Optional.empty() : Optional.of(seconds / count * MILLIS);
  }
}
