package dev.retriever.origin;

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
final class VirtualTime extends Clock {
  private final List<ActorSystem> systems = new CopyOnWriteArrayList<>();
  private volatile Instant now = Samples.START;
  private volatile long nanos;

  static Config config() {
    return CountedThreads.config()
        .withFallback(TriggeredScheduler.config())
        .withFallback(ManualTime.config());
  }

  /**
   * @param kit started with {@link #config}
   */
  void moves(ActorTestKit kit) {
    systems.add(Adapter.toClassic(kit.system()));
  }

  void pass(Duration duration) {
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

  /** What the schedulers count by. */
  long nanos() {
    return nanos;
  }

  /** The wall clock alone: as when the machine was suspended, or the clock set. */
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
