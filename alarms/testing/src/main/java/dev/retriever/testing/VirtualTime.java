package dev.retriever.testing;

import com.typesafe.config.Config;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.typed.javadsl.Adapter;

/**
 * A clock and the schedulers of actor systems, which move together when a test calls {@link #pass}.
 * Pending tasks finish before time moves; messages of fired timers are handled before the call
 * returns.
 */
public final class VirtualTime extends Clock {
  /** The first reading of the clock. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final List<ActorSystem> systems = new CopyOnWriteArrayList<>();
  private volatile Instant now = START;
  private volatile long nanos = 17;

  /**
   * @param kits started with {@link #config}
   */
  public VirtualTime(ActorTestKit... kits) {
    for (var kit : kits) {
      moves(kit);
    }
  }

  /** The configuration for actor systems. */
  public static Config config() {
    return CountedThreads.config()
        .withFallback(TriggeredScheduler.config())
        .withFallback(ManualTime.config());
  }

  /**
   * Moves the timers of this actor system too from now on.
   *
   * @param kit started with {@link #config}
   */
  public void moves(ActorTestKit kit) {
    systems.add(Adapter.toClassic(kit.system()));
  }

  /** Moves the clock and all timers forward. */
  public void pass(Duration duration) {
    CountedThreads.rest();
    now = now.plus(duration);
    nanos += duration.toNanos();
    for (var system : systems) {
      move(system, duration);
    }
  }

  /**
   * Does what Pekko's {@link ManualTime} does, but without its pause for pending tasks. A timer
   * that is set for now meanwhile may set the scheduler back; then it has to move again.
   */
  private static void move(ActorSystem system, Duration duration) {
    var scheduler = (TriggeredScheduler) system.scheduler();
    var end = scheduler.currentTimeMs() + duration.toMillis();
    do {
      var left = Duration.ofMillis(end - scheduler.currentTimeMs());
      scheduler.scheduleOnce(
          left, () -> {}, system.dispatcher()); // so that the scheduler reaches the end
      scheduler.moveTo(end);
      CountedThreads.rest();
    } while (scheduler.currentTimeMs() < end);
  }

  /** The monotonic clock. It does not begin at zero. */
  public long nanos() {
    return nanos;
  }

  /** Moves the wall clock alone, as when the machine was suspended or the clock was set. */
  public void jump(Duration duration) {
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
