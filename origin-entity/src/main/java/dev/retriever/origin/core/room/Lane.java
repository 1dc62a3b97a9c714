package dev.retriever.origin.core.room;

import dev.retriever.executor.Pools;
import dev.retriever.executor.Target;
import dev.retriever.origin.FetchSpec;
import java.util.Optional;

/**
 * A pool and a target: fetches of one lane wait for the same room.
 *
 * @param pool the name of the pool in their specs
 * @param target the target of their next attempt
 */
public record Lane(Optional<String> pool, Target target) {
  /** Whether the origin makes such attempts itself. */
  public boolean isDirect() {
    return pool.filter(Pools.DIRECT::equals).isPresent();
  }

  public static Lane of(FetchSpec spec) {
    return new Lane(spec.executor(), Target.of(spec.request().url()));
  }
}
