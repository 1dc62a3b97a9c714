package dev.retriever.loadtest.bars;

import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.Guard;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.result.Grade;
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

/**
 * The price of TLS, keys and tenants: the same quick fetches through an open node, one with TLS and
 * a key, and one with TLS and the key of a tenant with quotas. The kinds of nodes take turns, so
 * that each has its share of the noise of the machine.
 */
public final class DoorCost {
  private static final double MOST = 1.10;

  private final TestBed stage;
  private final Context context;
  private final Submission spec;
  private final List<Phase> phases = new ArrayList<>();
  private final Map<Kind, List<Double>> cpu = new EnumMap<>(Kind.class);

  /** A kind of node. */
  private enum Kind {
    OPEN("open"),
    KEY("TLS and key"),
    TENANT("TLS, key, tenant with quotas");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  public DoorCost(TestBed stage) throws IOException {
    this.stage = stage;
    this.context = stage.context();
    this.spec = Submission.get(stage.url("/uuid")).timeout("30s").within("1m");
  }

  public void run() throws IOException, InterruptedException {
    for (var round = 1; round <= context.size("rounds"); round++) {
      for (var turn = 0; turn < Kind.values().length; turn++) {
        var kind = Kind.values()[(turn + round) % Kind.values().length];
        measure(kind, round);
      }
    }
    Phase.table("Quick fetches", phases, stage.draft());
    report();
  }

  private void measure(Kind kind, int round) throws IOException, InterruptedException {
    var name = kind.label + " " + round;
    if (kind == Kind.OPEN) {
      measure(kind, name, stage.start(), stage.api());
      return;
    }
    var files = stage.logs().resolve(name.replaceAll("\\W+", "-"));
    var guard = Guard.in(files, kind == Kind.TENANT ? "acme" : "default");
    try (var api = new Api(guard.apiKey())) {
      measure(kind, name, stage.start(guard.settings(), quotas(kind)), api);
    }
  }

  /** Quotas that are counted and not reached. */
  private static String[] quotas(Kind kind) {
    return kind == Kind.TENANT
        ? new String[] {
          "-Dretriever.node.tenants.acme.quota.pending=100000",
          "-Dretriever.node.tenants.acme.quota.submits-per-second=1000000",
          "-Dretriever.node.tenants.acme.quota.burst=1000000",
          "-Dretriever.node.tenants.acme.quota.bytes=100G"
        }
        : new String[0];
  }

  private void measure(Kind kind, String name, NodeProcess node, Api api)
      throws IOException, InterruptedException {
    try {
      var jobs = new Jobs(stage, node).with(Fetches.through(node, stage).from(api));
      jobs.settle("warm-up " + name, context.size("warm-up"), context.size("concurrency"), spec);
      var phase = jobs.settle(name, context.size("fetches"), context.size("concurrency"), spec);
      phases.add(phase);
      cpu.computeIfAbsent(kind, it -> new ArrayList<>()).add(phase.cpuMillisPerCall());
    } finally {
      node.stop();
    }
  }

  private void report() throws IOException {
    var open = Phase.median(cpu.get(Kind.OPEN));
    var table =
        stage
            .draft()
            .table("Processor time of the node", "node", "median, ms/fetch", "÷ open", "all");
    for (var kind : Kind.values()) {
      var own = cpu.get(kind);
      table.row(kind.label, Phase.median(own), Phase.median(own) / open, own.toString());
    }
    stage
        .draft()
        .graded(
            "processor time of a fetch with TLS and a key, against an open node",
            Phase.median(cpu.get(Kind.KEY)) / open,
            "×",
            Grade.Bar.atMost(MOST, MOST + 0.10));
    stage.draft().ledger("all phases", stage.verdict());
  }
}
