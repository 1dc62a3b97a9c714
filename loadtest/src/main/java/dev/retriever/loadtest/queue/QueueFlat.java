package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Tests that a fetch costs the same after many fetches as after few, by the rate of each part of a
 * long run.
 */
public final class QueueFlat {
  /** So much slower may the last parts be than the first. */
  private static final double TOLERANCE = 0.1;

  private QueueFlat() {}

  public static void run(TestBed stage) throws IOException, InterruptedException {
    var context = stage.context();
    var draft = stage.draft();
    var node = stage.start();
    var jobs = new Jobs(stage, node);
    var spec = Submission.get(stage.url("/uuid")).timeout("30s").within("1m");
    var part = context.size("part");
    jobs.settle("warm up", part, context.size("concurrency"), spec);
    var phases = new ArrayList<Phase>();
    Resources.Use use;
    try (var resources = Resources.of(node, stage.database(), true)) {
      for (var done = 0; done < context.size("fetches"); done += part) {
        phases.add(jobs.settle("to " + (done + part), part, context.size("concurrency"), spec));
      }
      use = resources.use();
    }
    jobs.fetches().readUnsettled(context);
    Phase.table("Parts, one after the other", phases, draft);
    use.table("What they took", draft);
    draft.ledger("all", stage.verdict());
    judge(context, phases, use);
  }

  private static void judge(Context context, List<Phase> phases, Resources.Use use) {
    var draft = context.draft();
    var plot =
        draft.plot(
            Plot.lines(
                "rate",
                "Fetches a second, by how many were made before",
                Plot.axis("fetches"),
                Plot.axis("1/s")));
    var points = plot.add("rate");
    for (var i = 0; i < phases.size(); i++) {
      points.add(new Plot.Point((i + 1.0) * context.size("part"), phases.get(i).perSecond()));
    }
    var few = Math.min(3, phases.size());
    var first = median(phases.subList(0, few));
    var last = median(phases.subList(phases.size() - few, phases.size()));
    plot.ideal(
        "as fast as the first parts",
        List.of(
            new Plot.Point(context.size("part"), first),
            new Plot.Point((double) phases.size() * context.size("part"), first)));
    draft.keepsUp(
        "rate of the last parts",
        last,
        "1/s",
        first,
        "the first " + few + " of the same run",
        TOLERANCE);
    var count = phases.size() * (long) context.size("part");
    draft.finding(
        "The first parts ran at %.0f fetches a second (median of %d), the last of %d fetches at"
            + " %.0f, %.2f of it; a fetch took %.2f ms of processor time, the database server's"
            + " included.",
        first, few, count, last, last / first, use.cpuMsPer(count));
  }

  private static double median(List<Phase> phases) {
    var rates = phases.stream().map(Phase::perSecond).sorted().toList();
    return rates.get(rates.size() / 2);
  }
}
