package dev.retriever.origin.simulation;

import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.trace.BrokenPromise;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/**
 * Looks for less that still breaks the same promise: fewer fetches, and fewer kinds of faults. What
 * is left out changes a little of what remains, so each try is a run.
 */
final class Reduction {
  private final Function<SeedRun.Plan, Optional<SeedRun.Result>> run;
  private final Set<SeedRun.Plan> tried = new HashSet<>();
  private final String promise;
  private SeedRun.Plan smallest;
  private int runsLeft;

  private Reduction(
      SeedRun.Plan plan,
      String promise,
      int runs,
      Function<SeedRun.Plan, Optional<SeedRun.Result>> run) {

    this.smallest = plan;
    this.promise = promise;
    this.runsLeft = runs;
    this.run = run;
  }

  /**
   * The smallest plan found, which may be the one given.
   *
   * @param plan breaks the promise, and says how many fetches there are
   * @param runs so many at the most
   * @param run what comes of a plan; empty when it cannot be run to its end
   */
  static SeedRun.Plan of(
      SeedRun.Plan plan,
      String promise,
      int runs,
      Function<SeedRun.Plan, Optional<SeedRun.Result>> run) {

    var reduction = new Reduction(plan, promise, runs, run);
    reduction.reduce();
    return reduction.smallest;
  }

  /** Less of one may make less of the other possible. */
  private void reduce() {
    SeedRun.Plan before;
    do {
      before = smallest;
      fewerFetches(fetches -> fetches / 2);
      leaveOutFaults();
      fewerFetches(fetches -> fetches - 1);
    } while (!smallest.equals(before));
  }

  private void fewerFetches(IntUnaryOperator fewer) {
    var goesOn = true;
    while (goesOn && smallest.fetches() > 1) {
      goesOn = breaks(fewer.applyAsInt(smallest.fetches()), smallest.faults());
    }
  }

  private void leaveOutFaults() {
    for (var fault : Fault.values()) {
      var fewer = copy(smallest.faults());
      if (fewer.remove(fault)) {
        breaks(smallest.fetches(), fewer);
      }
    }
  }

  /** Whether that is enough; if so, it is the smallest from now on. */
  private boolean breaks(int fetches, Set<Fault> faults) {
    var plan = new SeedRun.Plan(smallest.seed(), faults, fetches, false);
    var result = tried(plan);
    if (result.isEmpty()) {
      return false;
    }
    smallest = plan;
    // Those that could strike and did not go together.
    var struck = result.get().struck().keySet();
    if (struck.size() < faults.size()) {
      breaks(fetches, copy(struck));
    }
    return true;
  }

  private static EnumSet<Fault> copy(Set<Fault> faults) {
    var copy = EnumSet.noneOf(Fault.class);
    copy.addAll(faults);
    return copy;
  }

  private Optional<SeedRun.Result> tried(SeedRun.Plan plan) {
    if (runsLeft == 0 || !tried.add(plan)) {
      return Optional.empty();
    }
    runsLeft--;
    return run.apply(plan)
        .filter(it -> it.breach().map(BrokenPromise::promise).equals(Optional.of(promise)));
  }
}
