package dev.retriever.loadtest;

import dev.retriever.loadtest.pace.Progress;
import dev.retriever.origin.simulation.Simulator;
import dev.retriever.origin.simulation.Totals;
import dev.retriever.origin.simulation.fault.Fault;
import java.io.PrintStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "simulate",
    description = {
      "Simulates whole clusters, each in one thread and in virtual time, with faults",
      "that follow from a seed, and checks that every promise is kept. The same",
      "seed gives the same run."
    },
    mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
  private static final int SEEDS_MAX = 100_000_000;
  private static final int THREADS_MAX = 256;
  private static final String ALL = "all";
  private static final String NONE = "none";

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Number of seeds, to 100000000 (default: ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--from",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "The first seed (default: ${DEFAULT-VALUE}).")
  private long from;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Runs at a time, to 256 (default: one for each processor).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--faults",
      paramLabel = "FAULT",
      split = ",",
      defaultValue = ALL,
      description = "Faults that may strike: names, none, or all (default: ${DEFAULT-VALUE}).")
  private List<String> faults;

  @Option(
      names = "--without",
      paramLabel = "FAULT",
      split = ",",
      description = "Faults that may not strike.")
  private List<String> without = List.of();

  @Option(
      names = "--fetches",
      paramLabel = "N",
      description = "Fetches in each run, to 1000 (default: by the seed).")
  private Integer fetches;

  @Option(
      names = "--stop-after",
      paramLabel = "N",
      defaultValue = "1",
      description = "Begin no further run after so many broken promises (default: 1).")
  private int stopAfter;

  @Option(
      names = "--trace",
      paramLabel = "SUBJECT",
      arity = "0..1",
      fallbackValue = ALL,
      description =
          "Show the events of the one seed, and reduce nothing: all events, or those of a fetch "
              + "(o1/f2), an origin (o1) or a node (n1).")
  private String trace;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    between("--seeds", seeds, SEEDS_MAX);
    between("--threads", threads, THREADS_MAX);
    between("--stop-after", stopAfter, Integer.MAX_VALUE);
    if (trace != null && seeds > 1) {
      throw wrong("--trace takes one seed: --seeds 1");
    }
    if (from > Long.MAX_VALUE - seeds) {
      throw wrong("--from " + from + " has no " + seeds + " seeds behind it");
    }
    // Failures in a simulation are intended, so nothing is logged. Read when the first logger is
    // made.
    System.setProperty("retriever.log", "OFF");
    return run(simulator(), System.out) ? LoadTest.KEPT : LoadTest.BROKEN;
  }

  private Simulator simulator() {
    var chosen = chosen();
    chosen.removeAll(named(without));
    var simulator = Simulator.ofSeeds(from, seeds).faults(chosen);
    if (fetches == null) {
      return simulator;
    }
    between("--fetches", fetches, Simulator.MAX_FETCHES);
    return simulator.fetches(fetches);
  }

  private Set<Fault> chosen() {
    if (faults.equals(List.of(ALL))) {
      return EnumSet.allOf(Fault.class);
    }
    return faults.equals(List.of(NONE)) ? EnumSet.noneOf(Fault.class) : named(faults);
  }

  private Set<Fault> named(List<String> labels) {
    var named = EnumSet.noneOf(Fault.class);
    labels.forEach(label -> named.add(named(label)));
    return named;
  }

  private Fault named(String label) {
    for (var fault : Fault.values()) {
      if (fault.label().equals(label)) {
        return fault;
      }
    }
    var all = EnumSet.allOf(Fault.class).stream().map(Fault::label).toList();
    throw wrong("no fault \"" + label + "\"; there is " + String.join(", ", all));
  }

  private boolean run(Simulator simulator, PrintStream out) {
    if (trace != null) {
      var lines = trace.equals(ALL) ? simulator.trace() : simulator.trace(trace);
      lines.forEach(out::println);
    }
    var speed = new SimulationSpeed();
    Totals totals;
    try (var progress = Progress.of("seeds", seeds, out, Progress.onTerminal())) {
      totals = simulator.run(threads, stopAfter, it -> progress.to(it.seeds(), speed.words(it)));
    }
    var report = new SimulationReport(totals, speed.words(totals));
    report.print(out);
    for (var failure : totals.failures()) {
      if (trace == null) {
        out.printf("%nlooking for a smaller simulation that breaks the promise ...%n");
      }
      var smallest = trace == null ? Simulator.reduce(failure) : failure;
      SimulationReport.explain(failure, smallest, Simulator.story(smallest), out);
    }
    return totals.failures().isEmpty();
  }

  private void between(String option, int value, int max) {
    if (value < 1 || value > max) {
      throw wrong(option + " must be 1 to " + max + ", not " + value);
    }
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
