package dev.retriever.loadtest.bars;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * Quick fetches through a node, beside the same calls made directly by the same client in the same
 * run. Direct calls come before and after, to show the noise of the machine.
 */
public final class Throughput {
  private static final int WARM_UP = 2_000;

  private final Context context;
  private final ResultDraft draft;
  private final TestBed stage;
  private final NodeProcess node;
  private final Jobs jobs;
  private final Submission spec;
  private final List<Phase> phases = new ArrayList<>();

  public Throughput(TestBed stage) throws IOException, InterruptedException {
    this.stage = stage;
    context = stage.context();
    draft = stage.draft();
    node = stage.start();
    jobs = new Jobs(stage, node);
    spec = Submission.get(stage.url("/uuid")).timeout("30s").within("1m");
  }

  public void run() throws IOException, InterruptedException {
    var count = context.size("fetches");
    var warmUp = Math.min(WARM_UP, count);
    direct("warm-up direct", warmUp);
    phases.add(jobs.settle("warm-up retriever", warmUp, context.size("concurrency"), spec));
    phases.clear();
    direct("direct, before", count);
    phases.add(jobs.settle("submit+wait", count, context.size("concurrency"), spec));
    submitThenRead("submit, then read", count);
    direct("direct, after", count);
    jobs.fetches().readUnsettled(context);
    report();
  }

  private void report() throws IOException {
    Phase.table("Quick fetches", phases, draft);
    var ratios = draft.table("Against the same calls, not durable", "phase", "ratio");
    for (var phase : phases.subList(1, 3)) {
      rows(phase, ratios);
    }
    draft.table("Node", "peak memory, MiB").row(node.peakRssMib());
    draft.ledger("all phases", stage.verdict());
  }

  private void rows(Phase phase, ResultDraft.Rows ratios) {
    ratios.row(phase.name(), ratio(phases, phase));
    draft.finding(
        "%s: %.0f fetches a second, %.2f of what the client does alone, %.2f ms of the node's"
            + " processor time each.",
        phase.name(), phase.perSecond(), ratio(phases, phase), phase.cpuMillisPerCall());
  }

  private void direct(String name, int count) throws IOException, InterruptedException {
    var api = stage.api();
    phases.add(
        Phase.closedLoop(
            context, name, count, context.size("concurrency"), i -> api.call(spec.url())));
  }

  private void submitThenRead(String name, int count) throws InterruptedException {
    var latencies = new LinkedHashMap<String, Histogram>();
    var submit = Phase.histogram();
    var outcome = Phase.histogram();
    latencies.put("submit", submit);
    latencies.put("outcome", outcome);
    phases.add(
        Phase.closedLoop(
            context,
            Optional.of(node),
            name,
            count,
            context.size("concurrency"),
            latencies,
            i -> {
              var from = System.nanoTime();
              return jobs.fetches()
                  .submit(context.origin(i), Jobs.id(name, i), spec)
                  .thenCompose(
                      view -> {
                        Phase.record(submit, from);
                        return jobs.fetches().settled(view);
                      })
                  .thenRun(() -> Phase.record(outcome, from));
            }));
  }

  /** The rate of a phase, relative to the mean of the direct phases. */
  static double ratio(List<Phase> phases, Phase phase) {
    return phase.perSecond()
        / phases.stream()
            .filter(each -> each.name().startsWith("direct"))
            .mapToDouble(Phase::perSecond)
            .average()
            .orElse(Double.NaN);
  }
}
