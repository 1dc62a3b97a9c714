package dev.retriever.executor;

import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

  private ExecutorPools(ExecutorPool standard, SortedMap<String, ExecutorPool> named) {
    this.standard = standard;
    this.named = Collections.unmodifiableSortedMap(named);
    this.byId =
        Stream.concat(Stream.of(standard), named.values().stream())
            .collect(Collectors.toUnmodifiableMap(ExecutorPool::id, pool -> pool));
  }

  /**
   * Starts all pools on that actor system, and they end with it. To be called once for each.
   *
   * @param nodeId names this incarnation of the node, such as {@code host:port#uid}: after a
   *     restart the same node has another one. It is the id of the default pool; that of a named
   *     one is {@code host:port#uid/name}
   * @param transport stays the caller's to close
   */
  public static ExecutorPools start(
      ActorSystem<?> system,
      String nodeId,
      PoolsSettings settings,
      Transport transport,
      Reports reports,
      Clock clock) {
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
    return new ExecutorPools(standard, named);
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
