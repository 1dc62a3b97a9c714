package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Pool;
import dev.retriever.executor.Pools;
import dev.retriever.executor.Reservation;
import dev.retriever.executor.Room;
import dev.retriever.executor.SteadyClock;
import dev.retriever.executor.Target;
import dev.retriever.executor.Transport;
import dev.retriever.executor.invocation.InvocationLog;
import dev.retriever.executor.settings.DrainSettings;
import dev.retriever.executor.settings.PoolsSettings;
import dev.retriever.executor.settings.PoolsSettings.Placement;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * A node's pools of executors: the default one, and those that have a name, so that fetches which
 * come in bulk leave room to the others. The pools share the transport and the room for each
 * target, and nothing else. Origins have their attempts made by these, or by those of other nodes,
 * as {@link Placement} says. Thread-safe.
 */
public final class ExecutorPools implements Pools {
  private final ActorSystem<?> system;
  private final PoolsSettings settings;
  private final Reports reports;
  private final Clock clock;
  private final Clock steady;
  private final Neighbours neighbours;
  private final ExecutorPool standard;
  private final SortedMap<String, ExecutorPool> named;
  private final DirectPool direct;
  private final Map<String, ExecutorPool> byId;
  private final Map<String, RemotePool> remote = new ConcurrentHashMap<>();
  private final Optional<ExecutorNodes> nodes;

  /**
   * The other nodes of the cluster.
   *
   * @param lives whether the node of an executor with that id, on another node, is a member of the
   *     cluster, so that its reports come
   * @param offers whether this node's pools are there for the origins of all nodes
   */
  public record Neighbours(Predicate<String> lives, boolean offers) {
    /** There are none. */
    public static final Neighbours NONE = new Neighbours(id -> false, false);
  }

  private ExecutorPools(
      ActorSystem<?> system,
      String nodeId,
      PoolsSettings settings,
      Transport transport,
      Reports reports,
      Clock clock,
      LongSupplier nanos,
      Neighbours neighbours) {
    this.system = system;
    this.settings = settings;
    this.reports = reports;
    this.clock = clock;
    this.steady = new SteadyClock(clock, nanos);
    this.neighbours = neighbours;
    var targets = new TargetRoom(settings.maxPerTarget(), settings.standard().waitingOrigins());
    var logged =
        InvocationLog.of(system, clock).map(log -> log.around(transport)).orElse(transport);
    var all = new TreeMap<String, ExecutorPool>();
    settings
        .named()
        .forEach(
            (name, own) -> {
              var id = nodeId + "/" + name;
              all.put(
                  name,
                  ExecutorPool.start(
                      system, id, name, own, targets, logged, reports, clock, nanos));
            });
    this.named = Collections.unmodifiableSortedMap(all);
    this.standard =
        ExecutorPool.start(
            system,
            nodeId,
            PoolsSettings.DEFAULT,
            settings.standard(),
            targets,
            logged,
            reports,
            clock,
            nanos);
    this.direct =
        new DirectPool(
            system,
            nodeId + "/" + Pools.DIRECT,
            settings.standard(),
            targets,
            transport,
            reports,
            nanos);
    this.byId =
        Stream.concat(Stream.of(standard), named.values().stream())
            .collect(Collectors.toUnmodifiableMap(ExecutorPool::id, pool -> pool));
    if (neighbours.offers()) {
      byName().forEach((name, pool) -> ExecutorNodes.offer(system, name, pool.door()));
    }
    this.nodes =
        settings.placement() == Placement.EXECUTOR_NODES
            ? Optional.of(ExecutorNodes.listen(system, byName().keySet(), this::withId))
            : Optional.empty();
  }

  /** Starts all pools on that actor system, of a node that is alone. */
  public static ExecutorPools start(
      ActorSystem<?> system,
      String nodeId,
      PoolsSettings settings,
      Transport transport,
      Reports reports,
      Clock clock,
      LongSupplier nanos) {
    return start(system, nodeId, settings, transport, reports, clock, nanos, Neighbours.NONE);
  }

  /**
   * Starts all pools on that actor system, and they end with it. To be called once for each.
   *
   * @param nodeId names this incarnation of the node, such as {@code system@host:port#uid}: after a
   *     restart the same node has another one. It is the id of the default pool; that of a named
   *     one is {@code system@host:port#uid/name}
   * @param transport stays the caller's to close
   * @param clock by which nodes tell each other when something was
   * @param nanos the monotonic one, by which things last, such as {@link System#nanoTime}
   */
  public static ExecutorPools start(
      ActorSystem<?> system,
      String nodeId,
      PoolsSettings settings,
      Transport transport,
      Reports reports,
      Clock clock,
      LongSupplier nanos,
      Neighbours neighbours) {
    return new ExecutorPools(
        system, nodeId, settings, transport, reports, clock, nanos, neighbours);
  }

  /**
   * Makes the pools of another node known to this one, as the receptionist of a cluster does. Meant
   * for simulations.
   *
   * @param nodeId as it was started with
   */
  public void meet(String nodeId) {
    byName()
        .forEach(
            (name, own) -> {
              var id = nodeId + own.id().substring(here().length());
              ExecutorNodes.offer(system, name, RemotePool.door(system, id));
            });
  }

  @Override
  public Reservation reserve(Optional<String> name, AttemptKey key, Target target) {
    var reservation = reserveAnywhere(name, key, target);
    if (reservation.room() == Room.TARGET_FULL) {
      byId.values().forEach(ExecutorPool::sweep);
    }
    return reservation;
  }

  private Reservation reserveAnywhere(Optional<String> name, AttemptKey key, Target target) {
    if (isDirect(name)) {
      return Reservation.of(direct.reserve(key, target), direct.id());
    }
    return nodes.isPresent()
        ? nodes.get().reserve(name.orElse(PoolsSettings.DEFAULT), key, target)
        : find(name)
            .map(pool -> Reservation.of(pool.reserve(key, target), pool.id()))
            .orElseGet(Reservation::none);
  }

  @Override
  public void awaitRoom(
      Optional<String> name, Optional<Target> full, String waiter, Runnable tryAgain) {
    if (isDirect(name)) {
      direct.awaitRoom(full, waiter, tryAgain);
    } else if (nodes.isPresent()) {
      nodes.get().awaitRoom(name.orElse(PoolsSettings.DEFAULT), full, waiter, tryAgain);
    } else {
      find(name).ifPresent(pool -> pool.awaitRoom(full, waiter, tryAgain));
    }
  }

  private static boolean isDirect(Optional<String> name) {
    return name.filter(Pools.DIRECT::equals).isPresent();
  }

  /** This node's own pool of that name, or its default one when there is no name. */
  public Optional<ExecutorPool> find(Optional<String> name) {
    return name.isEmpty() ? Optional.of(standard) : Optional.ofNullable(named.get(name.get()));
  }

  @Override
  public Optional<? extends Pool> withId(String id) {
    if (byId.containsKey(id)) {
      return Optional.of(byId.get(id));
    }
    if (id.endsWith("/" + Pools.DIRECT)) {
      // What another node's origin made by itself is as lost as what one here did.
      return Optional.of(direct);
    }
    return neighbours.lives().test(id)
        ? Optional.of(remote.computeIfAbsent(id, this::remote))
        : Optional.empty();
  }

  private RemotePool remote(String id) {
    var name = id.indexOf('/') < 0 ? PoolsSettings.DEFAULT : id.substring(id.indexOf('/') + 1);
    // A pool that only the other node has: it says itself how much room there is.
    var own = settings.named().getOrDefault(name, settings.standard());
    return new RemotePool(system, id, own, reports, clock, steady, () -> remote.remove(id));
  }

  @Override
  public boolean lives(String id) {
    return byId.containsKey(id) || direct.id().equals(id) || neighbours.lives().test(id);
  }

  @Override
  public String here() {
    return standard.id();
  }

  /**
   * To be called once, when the node stops: no attempt begins any more, those under way may finish,
   * what is left is aborted, and reports are sent until acknowledged.
   *
   * @return completed when all that is done, or its time is up
   */
  public CompletionStage<Done> drain(DrainSettings limits) {
    if (neighbours.offers()) {
      byName().forEach((name, pool) -> ExecutorNodes.withdraw(system, name, pool.door()));
    }
    var all =
        byId.values().stream()
            .map(pool -> pool.drain(limits).toCompletableFuture())
            .toArray(CompletableFuture[]::new);
    return CompletableFuture.allOf(all).thenApply(nothing -> Done.getInstance());
  }

  @Override
  public Set<String> names() {
    return named.keySet();
  }

  /**
   * Readings by name, not all of one instant; the default one comes first, as {@link
   * PoolsSettings#DEFAULT}.
   */
  public Map<String, ExecutorPool.Stats> stats() {
    var stats = new LinkedHashMap<String, ExecutorPool.Stats>();
    byName().forEach((name, pool) -> stats.put(name, pool.stats()));
    return stats;
  }

  private Map<String, ExecutorPool> byName() {
    var all = new LinkedHashMap<String, ExecutorPool>();
    all.put(PoolsSettings.DEFAULT, standard);
    all.putAll(named);
    return all;
  }
}
