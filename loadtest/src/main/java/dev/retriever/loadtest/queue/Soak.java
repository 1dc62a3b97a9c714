package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;

/**
 * Tests whether a node leaks: loads it in rounds for an hour, and measures heap, memory, threads
 * and descriptors after each, when no origin is in memory. {@code --set time=86400} is a day.
 */
public final class Soak {
  private static final Duration ASLEEP = Duration.ofSeconds(60);

  private Soak() {}

  public static void run(TestBed stage) throws IOException, InterruptedException {
    var context = stage.context();
    var draft = stage.draft();
    var node = stage.start("-Dretriever.origin.idle=1s");
    var jobs = new Jobs(stage, node);
    var spec = Submission.get(stage.url("/body/1000")).within("1m");
    jobs.settle("warm up", Math.min(1_000, context.size("rate") * 5), 32, spec);
    var rounds = new ArrayList<LeakReport.Round>();
    var phases = new ArrayList<Phase>();
    var each =
        (int)
            Math.max(
                1, (long) context.size("time") * context.size("rate") / context.size("rounds"));
    try (var resources = Resources.of(node, stage.database(), true)) {
      var from = System.nanoTime();
      for (var i = 0; i < context.size("rounds"); i++) {
        phases.add(jobs.settleAt("round " + (i + 1), each, context.size("rate"), spec));
        asleep(stage, node);
        rounds.add(round(resources.use(), (System.nanoTime() - from) / 3.6e12));
      }
      Phase.table("Load", phases, draft);
      resources.use().table("The node", draft);
    }
    jobs.fetches().readUnsettled(context);
    new LeakReport(rounds, context.size("time"), context.size("rate"), each).into(draft);
    draft.ledger("all, bodies by digest", stage.verdict());
  }

  private static LeakReport.Round round(Resources.Use use, double hours) {
    return new LeakReport.Round(
        hours,
        Resources.mib(use.heapEnd().orElse(0)),
        Resources.mib(use.end().rssBytes()),
        use.end().threads(),
        use.end().descriptors());
  }

  private static void asleep(TestBed stage, NodeProcess node)
      throws IOException, InterruptedException {
    var api = stage.api();
    Polling.until(ASLEEP, 200, () -> api.stat(node.management(), "originsInMemory").join() == 0);
  }
}
