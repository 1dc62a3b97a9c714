package dev.retriever.origin.simulation;

import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.trace.CoverageMark;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What has come of simulations so far. Immutable.
 *
 * @param seeds how many have been run to their end
 * @param fetches how many were accepted, together
 * @param steps how many things happened, together: each is a message handled, or a timer
 * @param virtual how long the runs lasted by their own clocks, together
 * @param struck how often each fault did; those that never did are missing
 * @param seen how often each rare event was seen; those that never were are missing
 * @param failures the runs in which a promise was broken, in the order in which they ended
 */
public record Totals(
    long seeds,
    long fetches,
    long steps,
    Duration virtual,
    Map<Fault, Integer> struck,
    Map<CoverageMark, Integer> seen,
    List<Failure> failures) {

  /** With copies of the maps and the list. */
  public Totals {
    struck = Map.copyOf(struck);
    seen = Map.copyOf(seen);
    failures = List.copyOf(failures);
  }
}
