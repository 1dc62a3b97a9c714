package dev.retriever.alarms;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import scala.concurrent.ExecutionContext;

/**
 * Wakes the sleeping origins of one slice: shortly before they are due, and when a pool with one of
 * their attempts is gone. It reads the stored wake-ups at intervals and keeps no state that must
 * last: the next look makes up for an origin that this one has missed.
 */
public final class AlarmClock extends AbstractBehavior<AlarmClock.Command> {
  /** The messages of this actor. */
  public sealed interface Command {}

  /** Wakes the origins of one type. */
  @FunctionalInterface
  public interface Sleepers {
    /**
     * Loads an origin into memory, so that it does what is due.
     *
     * @param row the last row known to be journaled; an incarnation that has not seen it recovers
     * @return the latest row that the origin has seen, and its next wake-up
     */
    CompletionStage<Awake> wake(String id, long row);
  }

  /** The answer of an origin that was woken. It is valid until the origin journals another row. */
  public record Awake(long row, WakeUp wakeUp) {}

  private record Look() implements Command {}

  private record Seen(List<WakeUps.Entry> entries, Optional<Throwable> failure)
      implements Command {}

  private record Woken(WakeUps.Entry entry, Optional<Awake> awake, Optional<Throwable> failure)
      implements Command {}

  /**
   * What all alarm clocks of one node share.
   *
   * @param byType the origins that this node can wake, by type
   * @param lives whether the node of the pool with that id is a member of the cluster
   * @param clock the clock of the due times
   * @param nanos the monotonic clock, for the time before an origin may be woken again
   */
  public record Shared(
      WakeUps wakeUps,
      AlarmClockSettings settings,
      Map<String, ? extends Sleepers> byType,
      Predicate<String> lives,
      Clock clock,
      LongSupplier nanos) {}

  /** The most origins in {@code resting}; others may be woken again although they are awake. */
  private static final int MOST_RESTING = 10_000;

  /** The most calls that have timed out and still hold a thread. */
  static final int MOST_TIMED_OUT = 4;

  private final TimerScheduler<Command> timers;
  private final Shared shared;
  private final int slice;
  private final Executor threads;
  private final Scheduler scheduler;
  private final ExecutionContext dispatcher;
  private final AtomicInteger timedOut = new AtomicInteger();

  /** When each woken origin may be woken again, by the monotonic clock. */
  private final Map<String, Long> resting = new HashMap<>();

  private Iterator<WakeUps.Entry> next = List.<WakeUps.Entry>of().iterator();

  /** The origins that were woken and have not answered yet. */
  private final Set<String> waking = new HashSet<>();

  private boolean looking = true;
  private boolean more;
  private boolean failed;

  /** The alarm clock of one slice. A slice must have one alarm clock at a time in the cluster. */
  public static Behavior<Command> create(Shared shared, int slice) {
    return Behaviors.setup(
        ctx -> Behaviors.withTimers(timers -> new AlarmClock(ctx, timers, shared, slice)));
  }

  private AlarmClock(
      ActorContext<Command> ctx, TimerScheduler<Command> timers, Shared shared, int slice) {
    super(ctx);
    this.timers = timers;
    this.shared = shared;
    this.slice = slice;
    this.scheduler = ctx.getSystem().scheduler();
    this.dispatcher = ctx.getExecutionContext();
    this.threads = ctx.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
    ctx.getSelf().tell(new Look());
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Look.class, this::onLook)
        .onMessage(Seen.class, this::onSeen)
        .onMessage(Woken.class, this::onWoken)
        .build();
  }

  private Behavior<Command> onLook(Look look) {
    var now = shared.clock().instant();
    var nanos = shared.nanos().getAsLong();
    resting.values().removeIf(until -> until - nanos <= 0);
    var settings = shared.settings();
    var until = now.plus(settings.ahead());
    var passedOver = new HashSet<>(resting.keySet());
    passedOver.addAll(waking);
    getContext()
        .pipeToSelf(
            blocking(
                () ->
                    shared
                        .wakeUps()
                        .look(
                            slice,
                            until,
                            settings.batch(),
                            shared.lives(),
                            id -> !passedOver.contains(id))),
            (entries, failure) ->
                new Seen(entries == null ? List.of() : entries, Optional.ofNullable(failure)));
    return this;
  }

  private Behavior<Command> onSeen(Seen seen) {
    looking = false;
    seen.failure()
        .ifPresent(
            failure ->
                getContext()
                    .getLog()
                    .warn(
                        "Wake-ups cannot be read: {}; the next look tries again",
                        failure.toString()));
    failed = seen.failure().isPresent();
    next = seen.entries().iterator();
    more = seen.entries().size() >= shared.settings().batch();
    wakeNext();
    return this;
  }

  /**
   * Wakes the next origins, up to {@code parallelism} at a time. When the last one was called, the
   * clock looks again without waiting for answers: an origin on a dead node must not delay others.
   */
  private void wakeNext() {
    while (waking.size() < shared.settings().parallelism() && next.hasNext()) {
      var entry = next.next();
      var id = entry.persistenceId();
      if (!resting.containsKey(id) && !waking.contains(id)) {
        wake(entry);
      }
    }
    if (!looking && !next.hasNext()) {
      looking = true;
      timers.startSingleTimer(new Look(), pause());
    }
  }

  private Duration pause() {
    if (failed) {
      return shared.settings().interval().multipliedBy(10);
    }
    return more ? Duration.ofMillis(1) : shared.settings().interval();
  }

  private void wake(WakeUps.Entry entry) {
    var bar = entry.persistenceId().indexOf('|');
    var sleepers = bar < 0 ? null : shared.byType().get(entry.persistenceId().substring(0, bar));
    if (sleepers == null) {
      rest(entry);
      getContext()
          .getLog()
          .warn(
              "{} cannot be woken: its origin type is not started on this node; start the type",
              entry.persistenceId());
      return;
    }
    waking.add(entry.persistenceId());
    var awake =
        sleepers
            .wake(entry.persistenceId().substring(bar + 1), entry.row())
            .thenCompose(said -> corrected(entry, said));
    getContext()
        .pipeToSelf(
            awake,
            (said, failure) ->
                new Woken(entry, Optional.ofNullable(said), Optional.ofNullable(failure)));
  }

  /** Stores the answer of the origin if the stored wake-up would wake it again in vain. */
  private CompletionStage<Awake> corrected(WakeUps.Entry entry, Awake said) {
    var later = said.wakeUp().at().filter(at -> !at.isAfter(entry.at())).isEmpty();
    var orphan = !shared.lives().test(entry.poolId());
    var stillGone = said.wakeUp().poolIds().stream().anyMatch(it -> !shared.lives().test(it));
    if (stillGone || !later && !orphan) {
      return CompletableFuture.completedFuture(said);
    }
    return blocking(
        () -> {
          shared.wakeUps().correct(entry.persistenceId(), said.row(), said.wakeUp());
          return said;
        });
  }

  private Behavior<Command> onWoken(Woken woken) {
    waking.remove(woken.entry().persistenceId());
    woken
        .failure()
        .ifPresent(
            failure ->
                getContext()
                    .getLog()
                    .info(
                        "{} did not answer the alarm clock: {}; the next look wakes it again",
                        woken.entry().persistenceId(),
                        failure.toString()));
    if (woken.awake().isPresent()) {
      rest(woken.entry());
    }
    wakeNext();
    return this;
  }

  /** The origin is in memory now and has its own timer, so it is not woken again for a while. */
  private void rest(WakeUps.Entry entry) {
    if (resting.size() < MOST_RESTING) {
      var rest = shared.settings().ahead().plusSeconds(1);
      resting.put(entry.persistenceId(), shared.nanos().getAsLong() + rest.toNanos());
    }
  }

  /**
   * Runs a call on another thread, and fails after the time limit: the clock must go on when the
   * database does not answer. A late result is dropped. While {@link #MOST_TIMED_OUT} late calls
   * still hold a thread, further calls fail at once.
   */
  private <T> CompletionStage<T> blocking(Callable<T> call) {
    if (timedOut.get() >= MOST_TIMED_OUT) {
      return CompletableFuture.failedFuture(
          new TimeoutException(MOST_TIMED_OUT + " earlier calls of the database have not ended"));
    }
    var result = new CompletableFuture<T>();
    var limit = shared.settings().timeLimit();
    var end = scheduler.scheduleOnce(limit, () -> timeOut(result), dispatcher);
    threads.execute(
        () -> {
          var inTime = !result.isDone() && ended(call, result);
          end.cancel();
          if (!inTime) {
            timedOut.decrementAndGet();
          }
        });
    return result;
  }

  private void timeOut(CompletableFuture<?> result) {
    var limit = shared.settings().timeLimit();
    if (result.completeExceptionally(
        new TimeoutException("the database did not answer within " + limit))) {
      timedOut.incrementAndGet();
    }
  }

  /** Whether the call ended within the time limit. */
  private static <T> boolean ended(Callable<T> call, CompletableFuture<T> result) {
    try {
      return result.complete(call.call());
    } catch (Exception | Error e) {
      return result.completeExceptionally(e);
    }
  }
}
