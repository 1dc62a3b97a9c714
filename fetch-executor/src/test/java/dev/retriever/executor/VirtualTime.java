package dev.retriever.executor;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;

/** A clock and an actor system's scheduler that move together, and only when told. */
final class VirtualTime extends Clock {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final ManualTime scheduler;
  private volatile Instant now = START;

  VirtualTime(ManualTime scheduler) {
    this.scheduler = scheduler;
  }

  void pass(Duration duration) {
    now = now.plus(duration);
    scheduler.timePasses(duration);
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
