package dev.retriever.executor;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * Begins as the wall clock does, and goes on by the monotonic one: for how long something lasts on
 * this node, whoever sets the wall clock meanwhile. What other nodes are told, or say, is by the
 * wall clock. Thread-safe.
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
