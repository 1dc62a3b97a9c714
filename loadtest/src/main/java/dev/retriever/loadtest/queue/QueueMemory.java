package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.result.Grade;
import dev.retriever.loadtest.result.Headline;
import dev.retriever.loadtest.result.LineFit;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Tests whether memory grows: loads the node in rounds and measures the heap after each, when no
 * origin is in memory. Takes minutes by default; {@code --set time=86400} is a day.
 */
public final class QueueMemory {
  private static final Grade.Bar MB_PER_HOUR = Grade.Bar.atMost(0.5, 10);

  /** In a shorter run, growth at the start outweighs steady growth. */
  private static final int LEAST_SECONDS = 600;

  private static final Duration ASLEEP = Duration.ofSeconds(60);

  private QueueMemory() {}

  private record Round(double hours, double heapMib, double rssMib) {}

  public static void run(TestBed stage) throws IOException, InterruptedException {
    var context = stage.context();
    var draft = stage.draft();
    var node = stage.start("-Dretriever.origin.idle=1s");
    var jobs = new Jobs(stage, node);
    var spec = Submission.get(stage.url("/body/1000")).within("1m");
    jobs.settle("warm up", Math.min(1_000, context.size("rate") * 5), 32, spec);
    var rounds = new ArrayList<Round>();
    var phases = new ArrayList<Phase>();
    var each = Math.max(1, context.size("time") * context.size("rate") / context.size("rounds"));
    try (var resources = Resources.of(node, stage.database(), true)) {
      var from = System.nanoTime();
      for (var i = 0; i < context.size("rounds"); i++) {
        phases.add(jobs.settleAt("round " + (i + 1), each, context.size("rate"), spec));
        asleep(stage, node);
        var use = resources.use();
        rounds.add(
            new Round(
                (System.nanoTime() - from) / 3.6e12,
                Resources.mib(use.heapEnd().orElse(0)),
                Resources.mib(use.end().rssBytes())));
      }
      Phase.table("Load", phases, draft);
      resources.use().table("The node", draft);
    }
    jobs.fetches().readUnsettled(context);
    judge(context, rounds, each);
    draft.ledger("all, bodies by digest", stage.verdict());
  }

  private static void asleep(TestBed stage, NodeProcess node)
      throws IOException, InterruptedException {
    var api = stage.api();
    Polling.until(ASLEEP, 200, () -> api.stat(node.management(), "originsInMemory").join() == 0);
  }

  private static void judge(Context context, List<Round> rounds, int each) {
    var draft = context.draft();
    var plot =
        draft.plot(
            Plot.lines(
                "memory", "Memory after each round", Plot.axis("minutes"), Plot.axis("MiB")));
    var heap = plot.add("heap after collection");
    var rss = plot.add("resident");
    for (var round : rounds) {
      heap.add(new Plot.Point(round.hours() * 60, round.heapMib()));
      rss.add(new Plot.Point(round.hours() * 60, round.rssMib()));
    }
    var points = rounds.stream().map(r -> new Plot.Point(r.hours(), r.heapMib())).toList();
    var growth = LineFit.of(points).slope();
    if (context.size("time") >= LEAST_SECONDS) {
      draft.graded("growth of the heap", growth, "MiB/h", MB_PER_HOUR);
      draft.answer(
          Headline.GROWTH,
          "**%.2f MiB/h** of heap after collection, over %.1f h at %d fetches a second.",
          growth,
          context.size("time") / 3600.0,
          context.size("rate"));
    } else {
      draft.check(
          "growth of the heap",
          growth,
          "MiB/h",
          MB_PER_HOUR.words() + ", from %d s on".formatted(LEAST_SECONDS),
          Grade.NOT_JUDGED);
    }
    var first = rounds.get(0).heapMib();
    var last = rounds.get(rounds.size() - 1).heapMib();
    draft.finding(
        "After %d fetches %.1f MiB were left on the heap, after %d %.1f MiB: %.0f bytes for each fetch"
            + " between.",
        each,
        first,
        each * rounds.size(),
        last,
        (last - first) * 1048576 / (each * (rounds.size() - 1.0)));
  }
}
