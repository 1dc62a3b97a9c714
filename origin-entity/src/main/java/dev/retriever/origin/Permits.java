package dev.retriever.origin;

import dev.retriever.executor.AttemptKey;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The permits that one origin has taken for attempts that are not durable yet. */
final class Permits {
  private final Supplier<String> executor;
  private final Predicate<AttemptKey> reserve;
  private final Consumer<AttemptKey> release;
  private final Set<AttemptKey> reserved = new HashSet<>();

  /**
   * @param executor as the pool's {@code id}
   * @param reserve as the pool's
   * @param release as the pool's
   */
  Permits(Supplier<String> executor, Predicate<AttemptKey> reserve, Consumer<AttemptKey> release) {
    this.executor = executor;
    this.reserve = reserve;
    this.release = release;
  }

  /** The executor that has room for that attempt, if there is one. */
  Optional<String> reserve(AttemptKey key) {
    if (!reserve.test(key)) {
      return Optional.empty();
    }
    reserved.add(key);
    return Optional.of(executor.get());
  }

  /** The attempt is durable and about to be dispatched. */
  void used(AttemptKey key) {
    reserved.remove(key);
  }

  /** What was reserved and has not been used will not be. */
  void letGo() {
    reserved.forEach(release);
    reserved.clear();
  }
}
