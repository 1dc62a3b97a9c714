package dev.retriever.cluster.security.jwt;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A wall clock and a monotonic clock that a test moves. */
final class PassingTime extends Clock {
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private volatile long nanos = -5;

  void pass(Duration time) {
    now = now.plus(time);
    nanos += time.toNanos();
  }

  /** Sets the wall clock alone. */
  void setBack(Duration time) {
    now = now.minus(time);
  }

  long nanos() {
    return nanos;
  }

  @Override
  public Instant instant() {
    return now;
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
