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
 * A clock and the schedulers of actor systems that move together, and only when told. What is under
 * way is finished before they move, and what the timers say is handled when they have.
 */
public final class VirtualTime extends Clock {
  /** What the clock shows at first. */
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

  /** What actor systems are to be started with. */
  public static Config config() {
    return CountedThreads.config()
        .withFallback(TriggeredScheduler.config())
        .withFallback(ManualTime.config());
  }

  /**
   * From now on this system's timers move too.
   *
   * @param kit started with {@link #config}
   */
  public void moves(ActorTestKit kit) {
    systems.add(Adapter.toClassic(kit.system()));
  }

  /** The clock and all timers go on by that. */
  public void pass(Duration duration) {
    CountedThreads.rest();
    now = now.plus(duration);
    nanos += duration.toNanos();
    for (var system : systems) {
      move(system, duration);
    }
  }

  /**
   * What Pekko's own does, without the pause that it makes for what is under way. A timer for now,
   * set meanwhile, may put its scheduler back; then it has to move again.
   */
  private static void move(ActorSystem system, Duration duration) {
    var scheduler = (TriggeredScheduler) system.scheduler();
    var end = scheduler.currentTimeMs() + duration.toMillis();
    do {
      var left = Duration.ofMillis(end - scheduler.currentTimeMs());
      scheduler.scheduleOnce(left, () -> {}, system.dispatcher()); // so that it gets there
      scheduler.moveTo(end);
      CountedThreads.rest();
    } while (scheduler.currentTimeMs() < end);
  }

  /** What the schedulers count by. It does not begin at zero. */
  public long nanos() {
    return nanos;
  }

  /** The wall clock alone: as when the machine was suspended, or the clock set. */
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
