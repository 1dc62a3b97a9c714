package dev.retriever.origin;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.ExecutorPool;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The permits that one origin has taken for attempts that are not durable yet. */
final class Permits {
  private final ExecutorPool pool;
  private final Set<AttemptKey> reserved = new HashSet<>();

  Permits(ExecutorPool pool) {
    this.pool = pool;
  }

  /** The executor that has room for that attempt, if there is one. */
  Optional<String> reserve(AttemptKey key) {
    if (!pool.reserve(key)) {
      return Optional.empty();
    }
    reserved.add(key);
    return Optional.of(pool.id());
  }

  /** The attempt is durable and about to be dispatched. */
  void used(AttemptKey key) {
    reserved.remove(key);
  }

  /** What was reserved and has not been used will not be. */
  void letGo() {
    reserved.forEach(pool::release);
    reserved.clear();
  }
}
