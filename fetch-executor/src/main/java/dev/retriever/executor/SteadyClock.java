package dev.retriever.executor;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * A clock that starts at the wall clock's time and then follows the monotonic clock. Setting the
 * wall clock does not change it, so it serves for durations on this node. Times that other nodes
 * read come from the wall clock instead. Thread-safe.
 */
public final class SteadyClock extends Clock {
  private final Instant beginning;
  private final LongSupplier nanos;
  private final long then;

  /**
   * @param nanos a monotonic clock such as {@link System#nanoTime}
   */
  public SteadyClock(Clock wall, LongSupplier nanos) {
    this.beginning = wall.instant();
    this.nanos = nanos;
    this.then = nanos.getAsLong();
  }

  @Override
  public Instant instant() {
    return beginning.plusNanos(nanos.getAsLong() - then);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
