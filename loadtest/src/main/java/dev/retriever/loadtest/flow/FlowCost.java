package dev.retriever.loadtest.flow;

import dev.retriever.loadtest.load.OperatedQueues;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.result.Grade;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The price of queues: the same quick fetches without a queue, in one without limits, and in one
 * with more slots than they need. All through one node, in turns.
 */
public final class FlowCost {
  private final TestBed stage;
  private final Context context;
  private final Submission spec;
  private final Map<Kind, List<Phase>> byKind = new EnumMap<>(Kind.class);

  /** A way to the target. */
  private enum Kind {
    PROXY("no queue"),
    FREE("queue without limits"),
    SLOTS("queue with slots");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    Submission of(Submission spec) {
      return this == PROXY ? spec : spec.queue(name());
    }
  }

  public FlowCost(TestBed stage) throws IOException {
    this.stage = stage;
    this.context = stage.context();
    this.spec = Submission.get(stage.url("/uuid")).timeout("30s").within("1m");
  }

  public void run() throws IOException, InterruptedException {
    var node = stage.start();
    var queues = OperatedQueues.of(node);
    queues.make(Kind.FREE.name(), "{\"concurrency\": \"unlimited\"}");
    queues.make(Kind.SLOTS.name(), "{\"concurrency\": 1000}");
    var jobs = new Jobs(stage, node);
    for (var kind : Kind.values()) {
      settle(jobs, "warm-up " + kind.label, kind, context.size("warm-up"));
    }
    for (var round = 0; round < context.size("rounds"); round++) {
      for (var turn = 0; turn < Kind.values().length; turn++) {
        var kind = Kind.values()[(turn + round) % Kind.values().length];
        var phase = settle(jobs, kind.label + " " + round, kind, context.size("fetches"));
        stage.draft().failures(phase.name(), phase.driven());
        byKind.computeIfAbsent(kind, it -> new ArrayList<>()).add(phase);
      }
    }
    report(node);
  }

  private Phase settle(Jobs jobs, String name, Kind kind, int count) throws InterruptedException {
    return jobs.settle(name, count, context.size("concurrency"), kind.of(spec));
  }

  private void report(NodeProcess node) throws IOException {
    var table = stage.draft().table("Medians");
    for (var kind : Kind.values()) {
      table
          .next()
          .cell("way", kind.label)
          .cell("per s, 1/s", rate(kind))
          .cell("of no queue", part(kind))
          .cell("node CPU, ms/fetch", cpu(kind));
    }
    stage.draft().table("Node", "peak memory, MiB").row(node.peakRssMib());
    graded("rate in a queue without limits, of that without a queue", Kind.FREE, 0.9, 0.8);
    graded("rate in a queue with slots, of that without a queue", Kind.SLOTS, 0.7, 0.5);
    stage.draft().ledger("all phases", stage.verdict());
  }

  private void graded(String what, Kind kind, double target, double acceptable) {
    stage.draft().graded(what, part(kind), "", Grade.Bar.atLeast(target, acceptable));
  }

  /** The median of the ratios within each round: the machine changes by more between rounds. */
  private double part(Kind kind) {
    return Phase.median(Phase.ratios(rates(kind), rates(Kind.PROXY)));
  }

  private List<Double> rates(Kind kind) {
    return byKind.get(kind).stream().map(Phase::perSecond).toList();
  }

  private double rate(Kind kind) {
    return Phase.median(rates(kind));
  }

  private double cpu(Kind kind) {
    return Phase.median(byKind.get(kind).stream().map(Phase::cpuMillisPerCall).toList());
  }
}
