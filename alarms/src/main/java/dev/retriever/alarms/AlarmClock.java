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
 * Wakes the origins of one slice that sleep: shortly before they are due, and when an executor is
 * gone that has an attempt of theirs. It looks again and again at what is the case, and remembers
 * nothing that matters: what it misses or wakes for nothing, the next look corrects.
 */
public final class AlarmClock extends AbstractBehavior<AlarmClock.Command> {
  /** What it is told. */
  public sealed interface Command {}

  /** The origins of one type, which sleep and are to be woken. */
  @FunctionalInterface
  public interface Sleepers {
    /**
     * Brings one back into memory, so that it looks what there is to do.
     *
     * @param row which is known to be journaled; an incarnation that knows fewer recovers
     * @return the latest row that it knows, and when it is to be woken again
     */
    CompletionStage<Awake> wake(String id, long row);
  }

  /** What one says when it was woken. It holds as long as it journals nothing. */
  public record Awake(long row, WakeUp wakeUp) {}

  private record Look() implements Command {}

  private record Seen(List<WakeUps.Entry> entries, Optional<Throwable> failure)
      implements Command {}

  private record Woken(WakeUps.Entry entry, Optional<Awake> awake, Optional<Throwable> failure)
      implements Command {}

  /**
   * What the clocks of one node share.
   *
   * @param byType the origins that can be woken
   * @param lives whether the node of an executor is a member of the cluster
   * @param clock the one that due times come from
   * @param nanos the monotonic one, by which origins rest between looks
   */
  public record Shared(
      WakeUps wakeUps,
      AlarmClockSettings settings,
      Map<String, ? extends Sleepers> byType,
      Predicate<String> lives,
      Clock clock,
      LongSupplier nanos) {}

  /** Beyond so many, origins that are awake may be woken again. */
  private static final int MOST_RESTING = 10_000;

  /** Calls that were given up and still hold a thread, at most. */
  static final int MOST_GIVEN_UP = 4;

  private final TimerScheduler<Command> timers;
  private final Shared shared;
  private final int slice;
  private final Executor threads;
  private final Scheduler scheduler;
  private final ExecutionContext dispatcher;
  private final AtomicInteger givenUp = new AtomicInteger();

  /**
   * When they may be woken again, of those that were woken: a clock that is set changes nothing.
   */
  private final Map<String, Long> resting = new HashMap<>();

  private Iterator<WakeUps.Entry> next = List.<WakeUps.Entry>of().iterator();

  /** Those that have been told and have not answered yet. */
  private final Set<String> waking = new HashSet<>();

  private boolean looking = true;
  private boolean more;
  private boolean failed;

  /** The clock of that slice, of which there must be one at a time. */
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
                    .warn("Wake-ups cannot be read; trying again: {}", failure.toString()));
    failed = seen.failure().isPresent();
    next = seen.entries().iterator();
    more = seen.entries().size() >= shared.settings().batch();
    wakeNext();
    return this;
  }

  /**
   * So many at a time. When all have been told, it looks again: one that does not answer, since its
   * node has just died, must not keep the others asleep.
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
              "Nobody here knows {}, which is to be woken: start its type", entry.persistenceId());
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

  /** What it says stands there from now on, if it would be woken in vain by what does. */
  private CompletionStage<Awake> corrected(WakeUps.Entry entry, Awake said) {
    var later = said.wakeUp().at().filter(at -> !at.isAfter(entry.at())).isEmpty();
    var orphan = !shared.lives().test(entry.executor());
    var stillGone = said.wakeUp().executors().stream().anyMatch(it -> !shared.lives().test(it));
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
                        "{} did not wake yet: {}",
                        woken.entry().persistenceId(),
                        failure.toString()));
    if (woken.awake().isPresent()) {
      rest(woken.entry());
    }
    wakeNext();
    return this;
  }

  /** It is in memory now, and has a timer of its own. */
  private void rest(WakeUps.Entry entry) {
    if (resting.size() < MOST_RESTING) {
      var rest = shared.settings().ahead().plusSeconds(1);
      resting.put(entry.persistenceId(), shared.nanos().getAsLong() + rest.toNanos());
    }
  }

  /**
   * Ends within the time limit. What comes later is dropped: the clock must go on when the database
   * is silent. A thread that does not come back is not followed by ever more of them.
   */
  private <T> CompletionStage<T> blocking(Callable<T> call) {
    if (givenUp.get() >= MOST_GIVEN_UP) {
      return CompletableFuture.failedFuture(
          new TimeoutException(MOST_GIVEN_UP + " earlier calls of the database have not ended"));
    }
    var result = new CompletableFuture<T>();
    var limit = shared.settings().timeLimit();
    var end = scheduler.scheduleOnce(limit, () -> giveUp(result), dispatcher);
    threads.execute(
        () -> {
          var inTime = !result.isDone() && ended(call, result);
          end.cancel();
          if (!inTime) {
            givenUp.decrementAndGet();
          }
        });
    return result;
  }

  private void giveUp(CompletableFuture<?> result) {
    var limit = shared.settings().timeLimit();
    if (result.completeExceptionally(
        new TimeoutException("the database did not answer within " + limit))) {
      givenUp.incrementAndGet();
    }
  }

  /** Whether somebody still waited for it. */
  private static <T> boolean ended(Callable<T> call, CompletableFuture<T> result) {
    try {
      return result.complete(call.call());
    } catch (Exception | Error e) {
      return result.completeExceptionally(e);
    }
  }
}
