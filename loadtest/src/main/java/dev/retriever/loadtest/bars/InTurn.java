package dev.retriever.loadtest.bars;

import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The same quick fetches through nodes of several kinds. The kinds take turns, so that each has its
 * share of the noise of the machine. For one thread.
 */
final class InTurn<K extends Enum<K>> {
  private final TestBed stage;
  private final Context context;
  private final List<K> kinds;
  private final Function<K, String> label;
  private final Submission spec;
  private final List<Phase> phases = new ArrayList<>();
  private final Map<K, List<Double>> cpu;
  private final Map<K, List<Double>> rates;

  /** Starts a node of that kind, and measures it. */
  interface Turn<K> {
    void measure(K kind, String name) throws IOException, InterruptedException;
  }

  InTurn(TestBed stage, Class<K> type, Function<K, String> label) throws IOException {
    this.stage = stage;
    this.context = stage.context();
    this.kinds = List.of(type.getEnumConstants());
    this.label = label;
    this.cpu = new EnumMap<>(type);
    this.rates = new EnumMap<>(type);
    this.spec = Submission.get(stage.url("/uuid")).timeout("30s").within("1m");
  }

  void run(Turn<K> each) throws IOException, InterruptedException {
    for (var round = 1; round <= context.size("rounds"); round++) {
      for (var turn = 0; turn < kinds.size(); turn++) {
        var kind = kinds.get((turn + round) % kinds.size());
        each.measure(kind, label.apply(kind) + " " + round);
      }
    }
  }

  /** What is fetched. */
  Submission spec() {
    return spec;
  }

  /** Makes the fetches through that node, and stops it. */
  void fetches(K kind, String name, NodeProcess node, Api api)
      throws IOException, InterruptedException {
    fetches(kind, name, node, api, spec);
  }

  /** As the other one, with another submission. */
  void fetches(K kind, String name, NodeProcess node, Api api, Submission fetch)
      throws IOException, InterruptedException {
    try {
      var jobs = new Jobs(stage, node).with(Fetches.through(node, stage).from(api));
      jobs.settle("warm-up " + name, context.size("warm-up"), context.size("concurrency"), fetch);
      var phase = jobs.settle(name, context.size("fetches"), context.size("concurrency"), fetch);
      phases.add(phase);
      cpu.computeIfAbsent(kind, it -> new ArrayList<>()).add(phase.cpuMillisPerCall());
      rates.computeIfAbsent(kind, it -> new ArrayList<>()).add(phase.perSecond());
    } finally {
      node.stop();
    }
  }

  /** The processor time of a fetch through the one, against that through the other. */
  double ratio(K of, K to) {
    return median(cpu.get(of), cpu.get(to));
  }

  /** The fetches in a second through the one, against those through the other. */
  double rates(K of, K to) {
    return median(rates.get(of), rates.get(to));
  }

  /**
   * The median of the ratios of each round. Those of one round were measured one after the other,
   * so they share the state of the machine, which changes by more than what is compared.
   */
  private static double median(List<Double> of, List<Double> to) {
    return Phase.median(
        IntStream.range(0, of.size()).mapToObj(round -> of.get(round) / to.get(round)).toList());
  }

  private double median(K kind) {
    return Phase.median(cpu.get(kind));
  }

  /** The phases, and each kind against the first. */
  void tables() throws IOException {
    Phase.table("Quick fetches", phases, stage.draft());
    var first = kinds.get(0);
    var table =
        stage
            .draft()
            .table(
                "Processor time of the node",
                "node",
                "median, ms/fetch",
                "median of ÷ " + label.apply(first),
                "all");
    for (var kind : kinds) {
      table.row(label.apply(kind), median(kind), ratio(kind, first), cpu.get(kind).toString());
    }
    stage.draft().ledger("all phases", stage.verdict());
  }
}
