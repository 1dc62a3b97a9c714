package dev.retriever.alarms;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * What both clocks of a machine say at one moment. Due times are of the wall clock, and timers
 * count by the monotonic one: the two part when a machine was suspended, or its wall clock was set.
 *
 * @param nanos of no meaning but their difference
 */
public record ClockReading(Instant wall, long nanos) {
  /** Clocks that differ by no more than this have not parted: they are read one after the other. */
  public static final Duration TOLERANCE = Duration.ofSeconds(1);

  /**
   * Reads them now.
   *
   * @param nanos a monotonic clock such as {@link System#nanoTime}
   */
  public static ClockReading of(Clock wall, LongSupplier nanos) {
    return new ClockReading(wall.instant(), nanos.getAsLong());
  }

  /** How long that is ago, whatever became of the wall clock. */
  public Duration until(ClockReading later) {
    return Duration.ofNanos(later.nanos - nanos);
  }

  /**
   * By how much the wall clock has moved ahead of the monotonic one; negative if it fell behind.
   */
  public Duration jump(ClockReading later) {
    return Duration.between(wall, later.wall).minus(until(later));
  }

  /** Whether that is more than {@link #TOLERANCE}, in either direction. */
  public boolean hasParted(ClockReading later) {
    return jump(later).abs().compareTo(TOLERANCE) > 0;
  }
}
