package dev.retriever.origin;

import dev.retriever.executor.Pools;
import dev.retriever.executor.Target;
import java.util.Optional;

/**
 * What fetches have in common that may have to wait for the same room.
 *
 * @param pool the name of the pool that they ask for
 * @param target whom their next attempt is for
 */
record Lane(Optional<String> pool, Target target) {
  static Lane of(PendingFetch fetch) {
    return new Lane(fetch.spec().executor(), Target.of(fetch.request().url()));
  }

  /** Whether the origin makes such attempts itself. */
  boolean isDirect() {
    return pool.filter(Pools.DIRECT::equals).isPresent();
  }

  static Lane of(FetchSpec spec) {
    return new Lane(spec.executor(), Target.of(spec.request().url()));
  }
}
