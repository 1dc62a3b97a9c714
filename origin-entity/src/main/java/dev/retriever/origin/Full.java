package dev.retriever.origin;

import dev.retriever.executor.Target;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where one origin has found no room for fetches that are due to start. */
final class Full {
  private final Set<Optional<String>> pools = new HashSet<>();
  private final Map<Optional<String>, Set<Target>> targets = new HashMap<>();

  static Full none() {
    return new Full();
  }

  void add(Optional<String> pool) {
    pools.add(pool);
  }

  void add(Lane lane) {
    targets.computeIfAbsent(lane.pool(), pool -> new HashSet<>()).add(lane.target());
  }

  void clear() {
    pools.clear();
    targets.clear();
  }

  boolean isEmpty() {
    return pools.isEmpty() && targets.isEmpty();
  }

  boolean has(Optional<String> pool) {
    return pools.contains(pool);
  }

  /** Because of its target, or of the whole pool. */
  boolean has(Lane lane) {
    return has(lane.pool()) || has(lane.pool(), lane.target());
  }

  /** Because of the target alone. */
  boolean has(Optional<String> pool, Target target) {
    return targets.getOrDefault(pool, Set.of()).contains(target);
  }

  Set<Optional<String>> pools() {
    return pools;
  }

  Map<Optional<String>, Set<Target>> targets() {
    return targets;
  }
}
