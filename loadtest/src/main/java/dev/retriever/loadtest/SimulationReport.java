package dev.retriever.loadtest;

import dev.retriever.origin.simulation.Failure;
import dev.retriever.origin.simulation.Totals;
import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.trace.CoverageMark;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Prints the totals of simulations as tables, and explains failures. */
record SimulationReport(Totals totals, String speed) {
  private static final String ROW = "%-24s %10s  %s%n";

  void print(PrintStream out) {
    out.printf(
        "%n%d seeds, %d fetches, %d events; %s%n",
        totals.seeds(), totals.fetches(), totals.steps(), speed);
    out.println();
    out.printf(ROW, "fault", "struck", "");
    for (var fault : Fault.values()) {
      row(fault.label(), totals.struck().getOrDefault(fault, 0), fault.words(), out);
    }
    out.println();
    out.printf(ROW, "rare event", "seen", "");
    for (var sight : CoverageMark.values()) {
      row(sight.label(), totals.seen().getOrDefault(sight, 0), sight.words(), out);
    }
    if (totals.failures().isEmpty()) {
      out.printf("%nevery promise was kept%n");
    }
  }

  private static void row(String label, int times, String words, PrintStream out) {
    out.printf(ROW, label, times == 0 ? "NEVER" : times, words);
  }

  /**
   * @param smallest the smallest simulation that breaks the same promise
   * @param story the history of the fetch in it, line by line
   */
  static void explain(Failure failure, Failure smallest, List<String> story, PrintStream out) {
    var breach = smallest.breach();
    out.printf("%nNOT AS PROMISED with seed %d%n", failure.seed());
    out.printf("  promise: %s, %s%n", breach.promise(), breach.promised());
    out.printf("  broken:  %s%n", breach);
    out.printf("  with:    %s%n", size(smallest));
    if (!smallest.equals(failure)) {
      out.printf("  before:  %s%n", size(failure));
    }
    out.printf("%nwhat %s lived through:%n%n", breach.subject());
    story.forEach(out::println);
    out.printf("%nthe same again, with all that happens in it:%n  %s%n", command(smallest));
  }

  private static String size(Failure failure) {
    var fetches = failure.fetches() == 1 ? "one fetch" : failure.fetches() + " fetches";
    return fetches + " and " + faults(failure.faults());
  }

  private static String faults(Set<Fault> faults) {
    if (faults.isEmpty()) {
      return "no faults";
    }
    return faults.size() == Fault.values().length ? "all kinds of faults" : labels(faults);
  }

  private static String labels(Set<Fault> faults) {
    return Arrays.stream(Fault.values())
        .filter(faults::contains)
        .map(Fault::label)
        .collect(Collectors.joining(","));
  }

  /** Names the faults that are on or those that are off, whichever list is shorter. */
  static String command(Failure failure) {
    var others = EnumSet.allOf(Fault.class);
    others.removeAll(failure.faults());
    var command = "./retriever simulate --seeds 1 --from " + failure.seed();
    if (failure.faults().isEmpty()) {
      command += " --faults none";
    } else if (failure.faults().size() < others.size()) {
      command += " --faults " + labels(failure.faults());
    } else if (!others.isEmpty()) {
      command += " --without " + labels(others);
    }
    return command + " --fetches " + failure.fetches() + " --trace";
  }
}
