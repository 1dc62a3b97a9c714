package dev.retriever.origin.core.room;

import dev.retriever.executor.Target;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The pools and targets in which one origin found no room for due starts. */
public final class Full {
  private final Set<Optional<String>> pools = new HashSet<>();
  private final Map<Optional<String>, Set<Target>> targets = new HashMap<>();

  /** Nothing is full; a new one for each call. */
  public static Full none() {
    return new Full();
  }

  public void add(Optional<String> pool) {
    pools.add(pool);
  }

  public void add(Lane lane) {
    targets.computeIfAbsent(lane.pool(), pool -> new HashSet<>()).add(lane.target());
  }

  public void clear() {
    pools.clear();
    targets.clear();
  }

  public boolean isEmpty() {
    return pools.isEmpty() && targets.isEmpty();
  }

  public boolean has(Optional<String> pool) {
    return pools.contains(pool);
  }

  /** Whether the target or the whole pool is full. */
  public boolean has(Lane lane) {
    return has(lane.pool()) || has(lane.pool(), lane.target());
  }

  /** Whether that target alone is full. */
  public boolean has(Optional<String> pool, Target target) {
    return targets.getOrDefault(pool, Set.of()).contains(target);
  }

  public Set<Optional<String>> pools() {
    return pools;
  }

  public Map<Optional<String>, Set<Target>> targets() {
    return targets;
  }
}
