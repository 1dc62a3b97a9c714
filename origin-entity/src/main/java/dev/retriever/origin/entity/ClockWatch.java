package dev.retriever.origin.entity;

import dev.retriever.alarms.ClockReading;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Watches the wall clock of one node for jumps. Timers count by the monotonic clock, so armed
 * timers fire too late when the wall clock jumps ahead: the machine was suspended, or an operator
 * set the clock. After a jump, every origin in memory is told within two seconds to check its
 * alarms.
 */
public final class ClockWatch extends AbstractBehavior<ClockWatch.Command> {
  /** The messages to the watch. */
  public sealed interface Command {}

  private record Look() implements Command {}

  private record TellSome() implements Command {}

  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** The origins are told over one second in this many parts: each may write to the journal. */
  private static final int PARTS = 20;

  private final TimerScheduler<Command> timers;
  private final Supplier<List<ActorRef<Object>>> inMemory;
  private final Clock clock;
  private final LongSupplier nanos;
  private final Deque<ActorRef<Object>> untold = new ArrayDeque<>();
  private ClockReading since;
  private int atOnce;

  /**
   * One for a node.
   *
   * @param types the origins of this node
   * @param clock the one that due times come from
   * @param nanos the monotonic one that timers count by, such as {@link System#nanoTime}
   */
  public static Behavior<Command> create(
      Supplier<? extends Collection<? extends OriginHost<?>>> types,
      Clock clock,
      LongSupplier nanos) {
    return of(
        () -> types.get().stream().flatMap(host -> host.inMemory().stream()).toList(),
        clock,
        nanos);
  }

  public static Behavior<Command> of(
      Supplier<List<ActorRef<Object>>> inMemory, Clock clock, LongSupplier nanos) {
    return Behaviors.setup(
        ctx -> Behaviors.withTimers(timers -> new ClockWatch(ctx, timers, inMemory, clock, nanos)));
  }

  private ClockWatch(
      ActorContext<Command> ctx,
      TimerScheduler<Command> timers,
      Supplier<List<ActorRef<Object>>> inMemory,
      Clock clock,
      LongSupplier nanos) {
    super(ctx);
    this.timers = timers;
    this.inMemory = inMemory;
    this.clock = clock;
    this.nanos = nanos;
    this.since = ClockReading.of(clock, nanos);
    ctx.setLoggerName(ClockWatch.class);
    timers.startTimerWithFixedDelay(new Look(), INTERVAL);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Look.class, this::onLook)
        .onMessage(TellSome.class, this::onTellSome)
        .build();
  }

  private Behavior<Command> onLook(Look look) {
    var now = ClockReading.of(clock, nanos);
    if (since.hasDiverged(now)) {
      var jump = since.jump(now);
      since = now;
      untold.clear();
      untold.addAll(inMemory.get());
      log(jump);
      atOnce = (untold.size() + PARTS - 1) / PARTS;
      timers.startTimerWithFixedDelay(new TellSome(), Duration.ZERO, INTERVAL.dividedBy(PARTS));
    }
    return this;
  }

  private void log(Duration jump) {
    var direction = jump.isNegative() ? "back" : "ahead";
    getContext()
        .getLog()
        .warn(
            "The wall clock jumped {} by {}; {} origins in memory check their alarms now."
                + " If the machine was not suspended, check its time synchronisation",
            direction,
            jump.abs(),
            untold.size());
  }

  private Behavior<Command> onTellSome(TellSome some) {
    for (var told = 0; told < atOnce && !untold.isEmpty(); told++) {
      untold.remove().tell(new OriginCommand.TimerFired());
    }
    if (untold.isEmpty()) {
      timers.cancel(some);
    }
    return this;
  }
}
