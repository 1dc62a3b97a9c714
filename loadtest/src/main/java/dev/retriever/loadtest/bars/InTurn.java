package dev.retriever.loadtest.bars;

import dev.retriever.loadtest.cost.Interval;
import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

/**
 * The same quick fetches through nodes of several kinds. All nodes run all the time, each with a
 * database of its own, and take turns of a second or two: the machine changes by more than what is
 * compared, but not from one turn to the next. For one thread.
 */
final class InTurn<K extends Enum<K>> {
  private final TestBed stage;
  private final Context context;
  private final List<K> kinds;
  private final Function<K, String> label;
  private final Map<K, Way> ways;
  private final Map<K, List<Double>> cpu;
  private final Map<K, List<Double>> rates;

  /** How the fetches of a kind are made. */
  record Way(NodeProcess node, Api api, Submission fetch) {}

  /** Starts the node of a kind. */
  interface Starter<K> {
    Way start(K kind) throws IOException, InterruptedException;
  }

  InTurn(TestBed stage, Class<K> type, Function<K, String> label) {
    this.stage = stage;
    this.context = stage.context();
    this.kinds = List.of(type.getEnumConstants());
    this.label = label;
    this.ways = new EnumMap<>(type);
    this.cpu = new EnumMap<>(type);
    this.rates = new EnumMap<>(type);
  }

  /** What is fetched, if a kind wants nothing else. */
  static Submission fetch(TestBed stage) throws IOException {
    return Submission.get(stage.url("/uuid")).timeout("30s").within("1m");
  }

  /** Starts all nodes, and has them take their turns. */
  void run(Starter<K> starter) throws IOException, InterruptedException {
    for (var kind : kinds) {
      ways.put(kind, starter.start(kind));
      cpu.put(kind, new ArrayList<>());
      rates.put(kind, new ArrayList<>());
      settle("warm-up " + label.apply(kind), kind, context.size("warm-up"));
    }
    for (var round = 1; round <= context.size("rounds"); round++) {
      round(round);
    }
    for (var way : ways.values()) {
      way.node().stop();
    }
  }

  /** What a node does a little after its turn counts as well, so all are read at the end. */
  private void round(int round) throws IOException, InterruptedException {
    var before = used();
    for (var turn = 0; turn < kinds.size(); turn++) {
      var kind = kinds.get((turn + round) % kinds.size());
      var phase = settle(label.apply(kind) + " " + round, kind, context.size("fetches"));
      stage.draft().failures(phase.name(), phase.driven());
      rates.get(kind).add(phase.perSecond());
    }
    var after = used();
    for (var kind : kinds) {
      var millis = after.get(kind).minus(before.get(kind)).toNanos() / 1e6;
      cpu.get(kind).add(millis / context.size("fetches"));
    }
  }

  private Map<K, Duration> used() throws IOException {
    var used = new EnumMap<K, Duration>(kinds.get(0).getDeclaringClass());
    for (var kind : kinds) {
      var cpu = ways.get(kind).node().cpu();
      used.put(kind, cpu.orElseThrow(() -> new IOException(label.apply(kind) + " has ended")));
    }
    return used;
  }

  private Phase settle(String name, K kind, int count) throws IOException, InterruptedException {
    var way = ways.get(kind);
    return new Jobs(stage, way.node())
        .with(Fetches.through(way.node(), stage).from(way.api()))
        .settle(name, count, context.size("concurrency"), way.fetch());
  }

  /**
   * The processor time of all fetches through the one, against that through the other. It is not a
   * median: what a node does now and then counts, too.
   */
  double ratio(K of, K to) {
    return mean(cpu.get(of)) / mean(cpu.get(to));
  }

  private static double mean(List<Double> all) {
    return all.stream().mapToDouble(it -> it).average().orElse(Double.NaN);
  }

  /** The fetches in a second through the one, against those through the other. */
  double rates(K of, K to) {
    return Phase.median(Phase.ratios(rates.get(of), rates.get(to)));
  }

  /** Each kind against the first one, and where the median of the ratios within a round lies. */
  void tables() throws IOException {
    table("Fetches a second", "median, 1/s", rates, Phase::median, this::rates);
    table("Processor time of the node", "mean, ms/fetch", cpu, InTurn::mean, this::ratio);
    stage.draft().ledger("all turns", stage.verdict());
  }

  private void table(
      String title,
      String column,
      Map<K, List<Double>> measured,
      ToDoubleFunction<List<Double>> middle,
      ToDoubleBiFunction<K, K> ratio) {
    var first = kinds.get(0);
    var table = stage.draft().table(title);
    for (var kind : kinds) {
      var ratios = Phase.ratios(measured.get(kind), measured.get(first));
      var interval = Interval.of(ratios.stream().mapToDouble(it -> it).toArray(), 50);
      table
          .next()
          .cell("node", label.apply(kind))
          .cell("turns", ratios.size())
          .cell(column, middle.applyAsDouble(measured.get(kind)))
          .cell("÷ " + label.apply(first), ratio.applyAsDouble(kind, first))
          .cell("median at least (95 %)", interval.from().orElse(Double.NaN))
          .cell("median at most (95 %)", interval.to().orElse(Double.NaN));
    }
  }
}
