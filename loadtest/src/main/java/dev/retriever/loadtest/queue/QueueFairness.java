package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;

/**
 * Whether executors get equal shares of the work, and whether an origin with few fetches waits for
 * one with many.
 */
public final class QueueFairness {
  private static final int PERMITS = 10;
  private static final int FEW = 5;

  /** 1 for equal shares; 1/n when one of n has all. */
  private static final double EVENNESS = 0.95;

  private QueueFairness() {}

  public static void run(Context context) throws IOException, InterruptedException {
    if (context.includes("shares")) {
      context.stageOfSeveral("shares", QueueFairness::shares);
    }
    if (context.includes("small-origins")) {
      context.stage("small", QueueFairness::small);
    }
  }

  private static void shares(TestBed stage) throws IOException, InterruptedException {
    var context = stage.context();
    var draft = stage.draft();
    var node = stage.start(TestBed.role("origin"));
    for (var i = 0; i < context.size("nodes"); i++) {
      stage.join(node, TestBed.role("executor"));
    }
    var jobs = new Jobs(stage, node);
    var spec = Submission.get(stage.url("/delay/20")).within("2m");
    var phase = jobs.settle("shared", context.size("fetches"), context.size("concurrency"), spec);
    jobs.fetches().readUnsettled(context);
    draft.failures("shared", phase.driven());
    var byNode = new HashMap<String, Integer>();
    for (var view : stage.ledger().latest()) {
      view.attempts().forEach(attempt -> byNode.merge(attempt.executor(), 1, Integer::sum));
    }
    var rows = draft.table("Attempts of executor nodes", "executor", "attempts", "share, %");
    var total = byNode.values().stream().mapToInt(Integer::intValue).sum();
    var sorted = byNode.values().stream().sorted().toList();
    for (var i = 0; i < sorted.size(); i++) {
      rows.row(i + 1, sorted.get(i), sorted.get(i) * 100.0 / total);
    }
    draft.promise(
        "executor nodes that worked",
        sorted.size() == context.size("nodes"),
        sorted.size(),
        "all " + context.size("nodes"));
    // Shares follow from the nodes' speeds: a hundred fetches say little while classes are loaded.
    draft.atLeast("evenness of their shares (1 is even)", evenness(sorted), "", EVENNESS);
    draft.ledger("shared", stage.verdict());
    draft.finding(
        "%d attempts went to %d executor nodes, between %.1f %% and %.1f %% each.",
        total,
        sorted.size(),
        sorted.get(0) * 100.0 / total,
        sorted.get(sorted.size() - 1) * 100.0 / total);
  }

  /** Jain's index. */
  public static double evenness(List<Integer> shares) {
    var sum = shares.stream().mapToDouble(Integer::doubleValue).sum();
    var squares = shares.stream().mapToDouble(share -> (double) share * share).sum();
    return squares == 0 ? Double.NaN : sum * sum / (shares.size() * squares);
  }

  private static void small(TestBed stage) throws IOException, InterruptedException {
    var context = stage.context();
    var draft = stage.draft();
    var node = stage.start("-Dretriever.executor.pools.narrow.permits=" + PERMITS);
    var fetches = Fetches.through(node, stage);
    var spec = Submission.get(stage.url("/delay/20")).timeout("30s").within("10m").pool("narrow");
    var crowd = context.size("crowd");
    var small = context.size("small") * FEW;
    var from = System.nanoTime();
    Phase.closedLoop(context, "crowd", crowd, 64, i -> fetches.submit("crowd", "crowd-" + i, spec));
    var took =
        Phase.closedLoop(
                context,
                "small",
                small,
                small,
                i -> fetches.settle("small-" + i / FEW, "small-" + i, spec))
            .latency();
    fetches.readUnsettled(context);
    var all = Duration.ofNanos(System.nanoTime() - from);
    draft
        .table("Small origins beside one with many, %d permits".formatted(PERMITS))
        .cell("fetches of the large origin", crowd)
        .cell("all settled, s", all)
        .cell("small p50, ms", Phase.millis(took, 50))
        .cell("small p95, ms", Phase.millis(took, 95))
        .cell("small max, ms", Phase.millis(took, 100));
    draft.ledger("small origins", stage.verdict());
    var part = Phase.millis(took, 95) / all.toMillis();
    draft.atMost("p95 of small origins, as a part of the crowd's time", part, "", 0.5);
    draft.finding(
        "Of %d origins with %d fetches each, beside one with %d in a pool with %d permits, 95 %% of"
            + " the fetches settled within %.0f ms, while the crowd took %.1f s.",
        context.size("small"), FEW, crowd, PERMITS, Phase.millis(took, 95), all);
  }
}
