package dev.retriever.executor;

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
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * A node's pools of executors: the default one, and those that have a name, so that fetches which
 * come in bulk leave room to the others. The pools share the transport, and nothing else.
 * Thread-safe.
 */
public final class ExecutorPools implements Pools {
  private final ExecutorPool standard;
  private final SortedMap<String, ExecutorPool> named;
  private final Map<String, ExecutorPool> byId;
  private final Predicate<String> others;

  private ExecutorPools(
      ExecutorPool standard, SortedMap<String, ExecutorPool> named, Predicate<String> others) {
    this.standard = standard;
    this.others = others;
    this.named = Collections.unmodifiableSortedMap(named);
    this.byId =
        Stream.concat(Stream.of(standard), named.values().stream())
            .collect(Collectors.toUnmodifiableMap(ExecutorPool::id, pool -> pool));
  }

  /** Starts all pools on that actor system, of a node that is alone. */
  public static ExecutorPools start(
      ActorSystem<?> system,
      String nodeId,
      PoolsSettings settings,
      Transport transport,
      Reports reports,
      Clock clock) {
    return start(system, nodeId, settings, transport, reports, clock, id -> false);
  }

  /**
   * Starts all pools on that actor system, and they end with it. To be called once for each.
   *
   * @param nodeId names this incarnation of the node, such as {@code host:port#uid}: after a
   *     restart the same node has another one. It is the id of the default pool; that of a named
   *     one is {@code host:port#uid/name}
   * @param transport stays the caller's to close
   * @param others whether the node of an executor with that id, on another node, is a member of the
   *     cluster, so that its reports come
   */
  public static ExecutorPools start(
      ActorSystem<?> system,
      String nodeId,
      PoolsSettings settings,
      Transport transport,
      Reports reports,
      Clock clock,
      Predicate<String> others) {
    var named = new TreeMap<String, ExecutorPool>();
    settings
        .named()
        .forEach(
            (name, own) -> {
              var id = nodeId + "/" + name;
              named.put(name, ExecutorPool.start(system, id, name, own, transport, reports, clock));
            });
    var standard =
        ExecutorPool.start(
            system, nodeId, PoolsSettings.DEFAULT, settings.standard(), transport, reports, clock);
    return new ExecutorPools(standard, named, others);
  }

  @Override
  public Optional<ExecutorPool> find(Optional<String> name) {
    return name.isEmpty() ? Optional.of(standard) : Optional.ofNullable(named.get(name.get()));
  }

  @Override
  public Optional<ExecutorPool> withId(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  @Override
  public boolean lives(String id) {
    return byId.containsKey(id) || others.test(id);
  }

  /**
   * To be called once, when the node stops: no attempt begins any more, those under way may finish,
   * what is left is aborted, and reports are sent until acknowledged.
   *
   * @return completed when all that is done, or its time is up
   */
  public CompletionStage<Done> drain(DrainSettings limits) {
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
    stats.put(PoolsSettings.DEFAULT, standard.stats());
    named.forEach((name, pool) -> stats.put(name, pool.stats()));
    return stats;
  }
}
