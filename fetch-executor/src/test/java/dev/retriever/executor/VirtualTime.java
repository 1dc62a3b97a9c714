package dev.retriever.executor;

import com.typesafe.config.Config;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;

/**
 * A clock and an actor system's scheduler that move together, and only when told. What is under way
 * is finished before they move, and what the timers say is handled when they have.
 */
final class VirtualTime extends Clock {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final ActorSystem<?> system;
  private volatile Instant now = START;
  private volatile long nanos = 17;

  /**
   * @param system started with {@link #config}
   */
  VirtualTime(ActorSystem<?> system) {
    this.system = system;
  }

  static Config config() {
    return CountedThreads.config()
        .withFallback(TriggeredScheduler.config())
        .withFallback(ManualTime.config());
  }

  void pass(Duration duration) {
    CountedThreads.rest();
    now = now.plus(duration);
    nanos += duration.toNanos();
    move(Adapter.toClassic(system), duration);
  }

  /** The wall clock alone: it was set, or the machine suspended. */
  void jump(Duration duration) {
    now = now.plus(duration);
  }

  /** What the scheduler counts by. */
  long nanos() {
    return nanos;
  }

  /**
   * What Pekko's own does, without the pause that it makes for what is under way. A timer for now,
   * set meanwhile, may put its scheduler back; then it has to move again.
   */
  private static void move(org.apache.pekko.actor.ActorSystem system, Duration duration) {
    var scheduler = (TriggeredScheduler) system.scheduler();
    var end = scheduler.currentTimeMs() + duration.toMillis();
    do {
      var left = Duration.ofMillis(end - scheduler.currentTimeMs());
      scheduler.scheduleOnce(left, () -> {}, system.dispatcher()); // so that it gets there
      scheduler.moveTo(end);
      CountedThreads.rest();
    } while (scheduler.currentTimeMs() < end);
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
