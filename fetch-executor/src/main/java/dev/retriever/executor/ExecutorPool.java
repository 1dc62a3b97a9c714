package dev.retriever.executor;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

  private final String id;
  private final ExecutorSettings settings;
  private final AttemptTable table;
  private final PoolCounters counters = new PoolCounters();
  private final Clock clock;
  private final ActorSystem<?> system;
  private final ActorRef<FetchExecutor.Command> router;
  private final CompletableFuture<Done> drained = new CompletableFuture<>();
  private final Map<String, Runnable> waiting = new LinkedHashMap<>();

  private ExecutorPool(
      ActorSystem<?> system,
      String id,
      String name,
      ExecutorSettings settings,
      Transport transport,
      Reports reports,
      Clock clock) {
    this.system = system;
    this.id = id;
    this.settings = settings;
    this.clock = clock;
    this.table =
        new AttemptTable(settings.permits(), settings.reportBytes(), settings.reservation());
    var shared =
        new FetchExecutor.Shared(
            settings, transport, reports, table, counters, clock, this::roomMade);
    var executor =
        Behaviors.supervise(FetchExecutor.create(shared)).onFailure(SupervisorStrategy.restart());
    var pool =
        Routers.pool(settings.executors(), executor)
            .withConsistentHashingRouting(VIRTUAL_NODES, command -> command.key().toString());
    this.router = system.systemActorOf(pool, "retriever-executors-" + name, Props.empty());
  }

  /**
   * Starts a pool on that actor system.
   *
   * @param id names this pool and this incarnation of its node, such as {@code host:port#uid}:
   *     after a restart the same node's pool has another id
   * @param name unique on its actor system
   */
  static ExecutorPool start(
      ActorSystem<?> system,
      String id,
      String name,
      ExecutorSettings settings,
      Transport transport,
      Reports reports,
      Clock clock) {
    return new ExecutorPool(system, id, name, settings, transport, reports, clock);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public boolean reserve(AttemptKey key) {
    return table.reserve(key, clock.instant());
  }

  @Override
  public void release(AttemptKey key) {
    if (table.release(key)) {
      roomMade();
    }
  }

  /**
   * Starts an attempt that holds a permit. Its report comes to the pool's {@link Reports}. Without
   * a permit, or a second time, nothing is sent.
   *
   * @param timeout when it is up, from the moment an executor begins, the connection is closed
   */
  public void dispatch(AttemptKey key, FetchRequest request, Duration timeout) {
    router.tell(new FetchExecutor.Execute(key, request, timeout));
  }

  /** Closes the attempt's connection if it is under way; its report still comes. */
  public void abort(AttemptKey key) {
    router.tell(new FetchExecutor.Abort(key));
  }

  @Override
  public boolean willReport(AttemptKey key) {
    return switch (table.standing(key)) {
      case RUNNING -> true;
      case REPORTED -> {
        router.tell(new FetchExecutor.SendReport(key));
        yield true;
      }
      case NEVER_BEGAN -> {
        roomMade();
        yield false;
      }
    };
  }

  @Override
  public boolean remembers(Instant reservedAt) {
    return !reservedAt.plus(settings.reportRetention()).isBefore(clock.instant());
  }

  @Override
  public void awaitRoom(String waiter, Runnable tryAgain) {
    synchronized (waiting) {
      if (waiting.size() < settings.waitingOrigins() || waiting.containsKey(waiter)) {
        waiting.put(waiter, tryAgain);
      }
    }
    if (table.hasRoom(clock.instant())) {
      roomMade();
    }
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
    if (table.isDrained(clock.instant())) {
      drained.complete(Done.getInstance());
    }
  }

  private void roomMade() {
    endDrainWhenEmpty();
    next().forEach(Runnable::run);
  }

  private List<Runnable> next() {
    synchronized (waiting) {
      if (waiting.isEmpty()) {
        return List.of();
      }
      var woken = new ArrayList<Runnable>();
      var each = waiting.values().iterator();
      for (var free = settings.permits() - table.size(); free > 0 && each.hasNext(); free--) {
        woken.add(each.next());
        each.remove();
      }
      return woken;
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
