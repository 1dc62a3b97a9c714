package dev.retriever.origin.simulation;

import dev.retriever.origin.simulation.trace.BrokenPromise;
import java.util.function.LongFunction;

/** A run of code with a bug in it, for whom is in another class loader. */
final class PlantedRun implements LongFunction<String> {
  /** The promise that is broken with that seed; null when none is. */
  @Override
  public String apply(long seed) {
    return SeedRun.run(SeedRun.Plan.of(seed)).breach().map(BrokenPromise::promise).orElse(null);
  }
}
