package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Pool;
import dev.retriever.executor.Pools;
import dev.retriever.executor.Reservation;
import dev.retriever.executor.Room;
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
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * The pools of executors of a node: the default pool and the named ones. Named pools keep bulk
 * fetches from taking the room of others. The pools share only the transport and the room of each
 * target. {@link Placement} decides whether origins use these pools or those of other nodes.
 * Thread-safe.
 */
public final class ExecutorPools implements Pools {
  private final PoolNode node;
  private final PoolsSettings settings;
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
   * @param lives whether the other node of the pool with that id is a member of the cluster
   * @param offers whether this node offers its pools to the origins of all nodes
   */
  public record Neighbours(Predicate<String> lives, boolean offers) {
    /** A node that is alone. */
    public static final Neighbours NONE = new Neighbours(id -> false, false);
  }

  private ExecutorPools(
      PoolNode node, String nodeId, PoolsSettings settings, Neighbours neighbours) {
    this.node = node;
    this.settings = settings;
    this.neighbours = neighbours;
    var log = InvocationLog.of(node.system(), node.clock());
    Function<String, PoolNode> logged =
        name -> {
          var own = node.transport().inPool(name);
          return node.with(log.map(some -> some.around(own)).orElse(own));
        };
    var all = new TreeMap<String, ExecutorPool>();
    settings
        .named()
        .forEach(
            (name, own) ->
                all.put(
                    name, new ExecutorPool(logged.apply(name), nodeId + "/" + name, name, own)));
    this.named = Collections.unmodifiableSortedMap(all);
    this.standard =
        new ExecutorPool(
            logged.apply(PoolsSettings.DEFAULT),
            nodeId,
            PoolsSettings.DEFAULT,
            settings.standard());
    this.direct =
        new DirectPool(
            node.with(node.transport().inPool(Pools.DIRECT)),
            nodeId + "/" + Pools.DIRECT,
            settings.standard());
    this.byId =
        Stream.concat(Stream.of(standard), named.values().stream())
            .collect(Collectors.toUnmodifiableMap(ExecutorPool::id, pool -> pool));
    if (neighbours.offers()) {
      byName().forEach((name, pool) -> ExecutorNodes.offer(node.system(), name, pool.door()));
    }
    this.nodes =
        settings.placement() == Placement.EXECUTOR_NODES
            ? Optional.of(ExecutorNodes.listen(node.system(), byName().keySet(), this::withId))
            : Optional.empty();
  }

  /**
   * Starts the pools of a node; they stop with the actor system. Call it once for each system.
   *
   * @param nodeId names this incarnation of the node, such as {@code system@host:port#uid}; it
   *     changes with a restart. It is the id of the default pool. A named pool has the id {@code
   *     system@host:port#uid/name}
   * @param transport the caller closes it
   * @param clock the wall clock, for times that other nodes read
   * @param nanos the monotonic clock, for durations, such as {@link System#nanoTime}
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
    var targets = new TargetRoom(settings.maxPerTarget(), settings.standard().waitingOrigins());
    var node = new PoolNode(system, targets, transport, reports, clock, nanos);
    return new ExecutorPools(node, nodeId, settings, neighbours);
  }

  /**
   * Makes the pools of another node known to this one, as the receptionist of a cluster does; for
   * simulations.
   *
   * @param nodeId the id with which the other node was started
   */
  public void meet(String nodeId) {
    byName()
        .forEach(
            (name, own) -> {
              var id = nodeId + own.id().substring(here().length());
              ExecutorNodes.offer(node.system(), name, RemotePool.door(node.system(), id));
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

  /** The pool of this node with that name; without a name, the default pool. */
  public Optional<ExecutorPool> find(Optional<String> name) {
    return name.isEmpty() ? Optional.of(standard) : Optional.ofNullable(named.get(name.get()));
  }

  @Override
  public Optional<? extends Pool> withId(String id) {
    if (byId.containsKey(id)) {
      return Optional.of(byId.get(id));
    }
    if (id.endsWith("/" + Pools.DIRECT)) {
      // Direct attempts of other nodes are lost in the same way as those of this node.
      return Optional.of(direct);
    }
    return neighbours.lives().test(id)
        ? Optional.of(remote.computeIfAbsent(id, this::remote))
        : Optional.empty();
  }

  private RemotePool remote(String id) {
    var name = id.indexOf('/') < 0 ? PoolsSettings.DEFAULT : id.substring(id.indexOf('/') + 1);
    // The other node may have a pool that this node lacks; it reports its room itself.
    var own = settings.named().getOrDefault(name, settings.standard());
    return new RemotePool(
        node, id, RemotePool.door(node.system(), id), own, () -> remote.remove(id));
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
   * Drains all pools when the node stops; call it once. No attempt begins any more, and current
   * ones may finish for a while. The rest is aborted, and reports are sent until they are
   * acknowledged.
   *
   * @return completed when all pools are drained, or after the time limits
   */
  public CompletionStage<Done> drain(DrainSettings limits) {
    if (neighbours.offers()) {
      byName().forEach((name, pool) -> ExecutorNodes.withdraw(node.system(), name, pool.door()));
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

  /** Origins that wait because their target has all the attempts that it may have. */
  public int waitingForTargets() {
    return node.targets().waiting();
  }

  /** The most that waited so at once since the start of the node. */
  public int mostWaitedForTargets() {
    return node.targets().mostWaited();
  }

  /**
   * Gauges and counters of each pool, by name. The default pool comes first, as {@link
   * PoolsSettings#DEFAULT}. The readings are not of one instant.
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
