package dev.retriever.origin.simulation;

import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.trace.BrokenPromise;
import java.util.Set;

/**
 * A run in which a promise was broken. The same seed, faults and fetches give the same run again.
 * Immutable.
 *
 * @param faults those that were allowed to strike
 * @param fetches how many somebody wanted
 * @param breach the first promise that was broken; the run ended with it
 */
public record Failure(long seed, Set<Fault> faults, int fetches, BrokenPromise breach) {
  /** With a copy of the faults. */
  public Failure {
    faults = Set.copyOf(faults);
  }
}
