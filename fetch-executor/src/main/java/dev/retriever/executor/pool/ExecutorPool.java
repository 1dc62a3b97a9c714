package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.AttemptStatus;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Pool;
import dev.retriever.executor.Report;
import dev.retriever.executor.Room;
import dev.retriever.executor.SteadyClock;
import dev.retriever.executor.Target;
import dev.retriever.executor.Transport;
import dev.retriever.executor.memory.ByteAccount;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.settings.DrainSettings;
import dev.retriever.executor.settings.ExecutorSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Routers;

/**
 * One pool of a node's executors: a router over executor actors, behind the pool's permits.
 *
 * <p>A permit is reserved before the attempt is journaled, so that nothing is journaled that cannot
 * start; the dispatch follows the journal write. Everything here is bounded by {@link
 * ExecutorSettings}. Thread-safe.
 */
public final class ExecutorPool implements Pool {
  /** Spreads attempts evenly enough over executors, and keeps all commands of one together. */
  private static final int VIRTUAL_NODES = 50;

  private static final int FEW = 16;

  private final String id;
  private final ExecutorSettings settings;
  private final AttemptTable table;
  private final ByteAccount sending;
  private final PoolCounters counters = new PoolCounters();
  private final Clock clock;
  private final Clock steady;
  private final Instant begun;
  private final LongSupplier nanos;
  private final ActorSystem<?> system;
  private final ActorRef<FetchExecutor.Command> router;
  private final CompletableFuture<Done> drained = new CompletableFuture<>();
  private final RoomQueue waiting;
  private final TargetRoom targets;
  private final ActorRef<PoolDoor.Command> door;
  private volatile boolean othersWait;

  private ExecutorPool(
      ActorSystem<?> system,
      String id,
      String name,
      ExecutorSettings settings,
      TargetRoom targets,
      Transport transport,
      Reports reports,
      Clock clock,
      LongSupplier nanos) {
    this.system = system;
    this.targets = targets;
    this.id = id;
    this.settings = settings;
    this.clock = clock;
    this.steady = new SteadyClock(clock, nanos);
    this.begun = steady.instant();
    this.nanos = nanos;
    this.waiting = new RoomQueue(settings.waitingOrigins());
    this.sending = MemoryBudget.get(system).account(MemoryBudget.Share.SENDING);
    this.table =
        new AttemptTable(
            settings.permits(),
            settings.reportBytes(),
            settings.reservation(),
            targets,
            sending,
            MemoryBudget.get(system).account(MemoryBudget.Share.ANSWERS));
    var shared =
        new FetchExecutor.Shared(
            settings, transport, reports, table, counters, steady, this::roomMade);
    var executor =
        Behaviors.supervise(FetchExecutor.create(shared)).onFailure(SupervisorStrategy.restart());
    var pool =
        Routers.pool(settings.executors(), executor)
            .withConsistentHashingRouting(VIRTUAL_NODES, command -> command.key().toString());
    this.router = system.systemActorOf(pool, "retriever-executors-" + name, Props.empty());
    this.door =
        system.systemActorOf(
            PoolDoor.create(this, table, targets, settings.reservation(), clock, steady),
            PoolDoor.name(id),
            Props.empty());
  }

  /**
   * Starts a pool on that actor system.
   *
   * @param id names this pool and this incarnation of its node, such as {@code host:port#uid}:
   *     after a restart the same node's pool has another id
   * @param name unique on its actor system
   * @param targets what the pools of its node share
   * @param clock by which other nodes say when something was
   * @param nanos the monotonic one, by which timelines of attempts begin and permits lapse: the
   *     transport's clock
   */
  static ExecutorPool start(
      ActorSystem<?> system,
      String id,
      String name,
      ExecutorSettings settings,
      TargetRoom targets,
      Transport transport,
      Reports reports,
      Clock clock,
      LongSupplier nanos) {
    return new ExecutorPool(system, id, name, settings, targets, transport, reports, clock, nanos);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Room reserve(AttemptKey key, Target target) {
    return waiting.isTurnOf(key) ? table.reserve(key, target, steady.instant()) : Room.POOL_FULL;
  }

  /** Lets go of reservations that nobody will use, since one of them may be in the way. */
  void sweep() {
    table.sweep(steady.instant());
  }

  @Override
  public void release(AttemptKey key) {
    if (table.release(key)) {
      roomMade();
    }
  }

  @Override
  public void dispatch(AttemptKey key, FetchRequest request, Duration timeout) {
    router.tell(new FetchExecutor.Execute(key, request, timeout, nanos.getAsLong()));
  }

  @Override
  public void abort(AttemptKey key) {
    router.tell(new FetchExecutor.Abort(key));
  }

  @Override
  public CompletionStage<AttemptStatus> whatBecameOf(AttemptKey key, Instant reservedAt) {
    return CompletableFuture.completedFuture(standing(key, reservedAt));
  }

  /** An attempt that is over sends its report again at once. */
  AttemptStatus standing(AttemptKey key, Instant reservedAt) {
    var standing = table.standing(key, steady.instant());
    if (standing == AttemptStatus.REPORTED) {
      router.tell(new FetchExecutor.SendReport(key));
    } else if (standing == AttemptStatus.NEVER_BEGAN) {
      roomMade();
      return remembers(reservedAt) ? standing : AttemptStatus.UNKNOWN;
    }
    return standing;
  }

  /**
   * False when a report on an attempt that was reserved then may have been dropped by now. That was
   * by the clock of another node; a pool that is younger has dropped none, whatever clocks say.
   */
  private boolean remembers(Instant reservedAt) {
    var retention = settings.reportRetention();
    return !begun.plus(retention).isBefore(steady.instant())
        || !reservedAt.plus(retention).isBefore(clock.instant());
  }

  @Override
  public void awaitRoom(Optional<Target> full, String waiter, Runnable tryAgain) {
    full.ifPresentOrElse(
        target -> targets.await(target, waiter, tryAgain), () -> waiting.add(waiter, tryAgain));
    if (table.hasRoom(steady.instant())) {
      roomMade();
    }
  }

  /** Other nodes come through it. */
  ActorRef<PoolDoor.Command> door() {
    return door;
  }

  /** Whether the door is to be told when there is more room. */
  void roomIsWaitedFor(boolean waitedFor) {
    othersWait = waitedFor;
  }

  /** A dispatch of another node was refused. */
  void countRefused() {
    counters.dispatchesRefused.increment();
  }

  /**
   * Takes no more attempts, lets those it holds finish, then aborts what is left, and waits for its
   * reports to be acknowledged. What was aborted is reported as lost with its executor, so that it
   * is made again elsewhere where that is safe.
   *
   * @return completed when nothing is held, at the latest when both times are up
   */
  CompletionStage<Done> drain(DrainSettings limits) {
    table.close();
    endDrainWhenEmpty();
    after(
        limits.finish(),
        () -> {
          table.abandon().forEach(exchange -> exchange.abort(Report.EXECUTOR_LOST));
          endDrainWhenEmpty();
        });
    after(limits.total(), () -> drained.complete(Done.getInstance()));
    return drained;
  }

  private void after(Duration time, Runnable task) {
    system.scheduler().scheduleOnce(time, task, system.executionContext());
  }

  private void endDrainWhenEmpty() {
    if (table.isDrained(steady.instant())) {
      drained.complete(Done.getInstance());
    }
  }

  /** While bodies take much of their memory, not all at once: most would find none. */
  private int toBeCalled() {
    var free = table.free(steady.instant());
    return sending.held() > sending.limit() / 2 ? Math.min(free, FEW) : free;
  }

  private void roomMade() {
    endDrainWhenEmpty();
    waiting.next(toBeCalled()).forEach(Runnable::run);
    if (othersWait) {
      door.tell(PoolDoor.roomMade());
    }
  }

  /** A reading of the pool's gauges and counters. Counters begin at 0 with the node. */
  public Stats stats() {
    return new Stats(
        table.running(),
        table.size(),
        counters.reportsResent.sum(),
        counters.reportsUndelivered.sum(),
        counters.dispatchesRefused.sum());
  }

  /**
   * Gauges and counters of a pool.
   *
   * @param inFlight exchanges under way
   * @param permitsHeld those, and attempts reserved or with a report not yet acknowledged
   * @param reportsResent how often a report was sent again
   * @param reportsUndelivered reports that nobody acknowledged within {@code report-retention}, and
   *     that were dropped
   * @param dispatchesRefused dispatches of attempts that had begun before, or held no permit
   */
  public record Stats(
      int inFlight,
      int permitsHeld,
      long reportsResent,
      long reportsUndelivered,
      long dispatchesRefused) {}
}
