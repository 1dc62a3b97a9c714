package dev.retriever.alarms;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * A reading of both clocks of a machine at one moment. Due times use the wall clock; timers use the
 * monotonic clock. The two diverge when the machine is suspended or its wall clock is set.
 *
 * @param nanos a reading of the monotonic clock; only differences have a meaning
 */
public record ClockReading(Instant wall, long nanos) {
  /** A smaller difference is no divergence, because the clocks are read one after the other. */
  public static final Duration TOLERANCE = Duration.ofSeconds(1);

  /**
   * Reads both clocks now.
   *
   * @param nanos a monotonic clock such as {@link System#nanoTime}
   */
  public static ClockReading of(Clock wall, LongSupplier nanos) {
    return new ClockReading(wall.instant(), nanos.getAsLong());
  }

  /** The time from this reading to a later one, by the monotonic clock. */
  public Duration until(ClockReading later) {
    return Duration.ofNanos(later.nanos - nanos);
  }

  /** How far the wall clock has moved ahead of the monotonic clock; negative if it fell behind. */
  public Duration jump(ClockReading later) {
    return Duration.between(wall, later.wall).minus(until(later));
  }

  /** Whether the clocks have diverged by more than {@link #TOLERANCE} since this reading. */
  public boolean hasDiverged(ClockReading later) {
    return jump(later).abs().compareTo(TOLERANCE) > 0;
  }
}
