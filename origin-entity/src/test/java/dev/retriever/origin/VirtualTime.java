package dev.retriever.origin;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;

/** A clock and the schedulers of actor systems that move together, and only when told. */
final class VirtualTime extends Clock {
  private final List<ManualTime> schedulers = new CopyOnWriteArrayList<>();
  private volatile Instant now = Samples.START;

  void moves(ManualTime scheduler) {
    schedulers.add(scheduler);
  }

  void pass(Duration duration) {
    now = now.plus(duration);
    schedulers.forEach(scheduler -> scheduler.timePasses(duration));
  }

  /** The clock alone: timers go off later than they should, or never. */
  void jump(Duration duration) {
    now = now.plus(duration);
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
