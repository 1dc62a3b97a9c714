package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.AttemptStatus;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Pool;
import dev.retriever.executor.Report;
import dev.retriever.executor.Room;
import dev.retriever.executor.Target;
import dev.retriever.executor.TimeLimit;
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
 * One pool of a node's executors: permits, and a router over executor actors.
 *
 * <p>An origin reserves a permit, then journals the attempt, then dispatches it. So no attempt is
 * journaled that cannot start. {@link ExecutorSettings} limits everything here. Thread-safe.
 */
public final class ExecutorPool implements Pool {
  /** Spreads attempts over executors; all commands of one attempt go to the same executor. */
  private static final int VIRTUAL_NODES = 50;

  private static final int FEW_WAITERS = 16;

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

  /**
   * Starts a pool on the node's actor system.
   *
   * @param id names this pool and the incarnation of its node, such as {@code host:port#uid}; after
   *     a restart of the node the pool has another id
   * @param name unique on the actor system
   */
  ExecutorPool(PoolNode node, String id, String name, ExecutorSettings settings) {
    this.system = node.system();
    this.targets = node.targets();
    this.id = id;
    this.settings = settings;
    this.clock = node.clock();
    this.steady = node.steady();
    this.begun = steady.instant();
    this.nanos = node.nanos();
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
            settings, node.transport(), node.reports(), table, counters, steady, this::roomMade);
    var executor =
        Behaviors.supervise(FetchExecutor.create(shared)).onFailure(SupervisorStrategy.restart());
    var pool =
        Routers.pool(settings.executors(), executor)
            .withConsistentHashingRouting(VIRTUAL_NODES, command -> command.key().toString());
    this.router = system.systemActorOf(pool, "retriever-executors-" + name, Props.empty());
    this.door =
        system.systemActorOf(
            PoolDoor.create(node, this, table, settings.reservation()),
            PoolDoor.name(id),
            Props.empty());
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Room reserve(AttemptKey key, Target target) {
    return waiting.isTurnOf(key) ? table.reserve(key, target, steady.instant()) : Room.POOL_FULL;
  }

  /** Removes lapsed reservations, because they may hold room that others need. */
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
    router.tell(new FetchExecutor.Execute(key, request, new TimeLimit(nanos.getAsLong(), timeout)));
  }

  @Override
  public void abort(AttemptKey key) {
    router.tell(new FetchExecutor.Abort(key));
  }

  @Override
  public CompletionStage<AttemptStatus> whatBecameOf(AttemptKey key, Instant reservedAt) {
    return CompletableFuture.completedFuture(standing(key, reservedAt));
  }

  /** The status of an attempt. If it is reported, its report is sent again at once. */
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
   * Whether the pool still knows all reports on attempts that were reserved at that time. Another
   * node has measured {@code reservedAt}; so a pool younger than the retention says yes in any
   * case.
   */
  private boolean remembers(Instant reservedAt) {
    var retention = settings.reportRetention();
    return !begun.plus(retention).isBefore(steady.instant())
        || !reservedAt.plus(retention).isBefore(clock.instant());
  }

  @Override
  public void awaitRoom(Optional<Target> full, String waiter, Runnable tryAgain) {
    if (full.isPresent() && table.hasRoom(steady.instant())) {
      targets.await(full.get(), waiter, tryAgain);
    } else {
      // The target may have room here: then its call would come at once, and in vain.
      waiting.add(waiter, tryAgain);
    }
    if (table.hasRoom(steady.instant())) {
      roomMade();
    }
  }

  /** The actor that receives dispatches of other nodes. */
  ActorRef<PoolDoor.Command> door() {
    return door;
  }

  /** Sets whether the door is told when the pool has more room. */
  void roomIsWaitedFor(boolean waitedFor) {
    othersWait = waitedFor;
  }

  /** Counts a refused dispatch of another node. */
  void countRefused() {
    counters.dispatchesRefused.increment();
  }

  /**
   * Takes no more attempts, and lets current ones finish for a while. Then it aborts the rest, and
   * waits until their reports are acknowledged. An aborted attempt is reported as lost with its
   * executor, so that its origin tries it again where that is safe.
   *
   * @return completed when the pool holds no attempt, at the latest after both times
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

  /** How many waiters to call: few while bodies fill their memory, since most would find none. */
  private int waitersToCall() {
    var free = table.free(steady.instant());
    return sending.held() > sending.limit() / 2 ? Math.min(free, FEW_WAITERS) : free;
  }

  private void roomMade() {
    endDrainWhenEmpty();
    waiting.next(waitersToCall()).forEach(Runnable::run);
    if (othersWait) {
      door.tell(PoolDoor.roomMade());
    }
  }

  /** The gauges and counters of the pool. Counters start at 0 with the node. */
  public Stats stats() {
    return new Stats(
        table.running(),
        table.size(),
        waiting.size(),
        new Stats.Most(table.mostRunning(), table.mostHeld(), waiting.mostWaited()),
        counters.reportsResent.sum(),
        counters.reportsUndelivered.sum(),
        counters.dispatchesRefused.sum());
  }

  /**
   * Gauges and counters of a pool.
   *
   * @param inFlight exchanges under way
   * @param permitsHeld attempts that are reserved, under way, or reported and not yet acknowledged
   * @param waiting origins that wait for room in the pool
   * @param most the most of each at once since the start of the node
   * @param reportsResent repeated sendings of reports
   * @param reportsUndelivered reports dropped because they were not acknowledged within {@code
   *     report-retention}
   * @param dispatchesRefused dispatches of attempts that had begun before or held no permit
   */
  public record Stats(
      int inFlight,
      int permitsHeld,
      int waiting,
      Most most,
      long reportsResent,
      long reportsUndelivered,
      long dispatchesRefused) {
    /** The most at once, each at its own moment. */
    public record Most(int inFlight, int permitsHeld, int waiting) {}
  }
}
