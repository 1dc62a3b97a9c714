package dev.retriever.loadtest.bars;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.AtOnce;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes ever more slow calls at once, to find the limit, its effect, and the setting that raises
 * it. Measures the node's own pool, pools of another node, and a pool with six permits.
 */
public final class Limits {
  private static final int PERMITS = 6;
  private static final int SIX_MAX = 120;
  private static final List<Integer> AT_ONCE = List.of(60, 120, 50, 100, 1_000, 2_000, 10_000);

  private static final String RAISE =
      "retriever.executor.permits (for all) and retriever.executor.transport.max-per-target (for one"
          + " target)";

  private Limits() {}

  public static void run(Context context, ResultDraft draft)
      throws IOException, InterruptedException {
    var plot =
        draft.plot(
            Plot.lines(
                "settled",
                "Time to settle all, by how many at once",
                Plot.log("fetches at once"),
                Plot.log("ms")));
    var sizes = atOnce(context.size("most"));
    if (context.includes("local")) {
      var runs =
          context.stage("local", stage -> runs(context, stage, local(context, stage), sizes, true));
      new LimitsReport("local pool", 0, RAISE, runs).into(context.size("delay"), plot, draft);
    }
    if (context.includes("executor-nodes")) {
      var runs =
          context.stageOfSeveral(
              "executor-nodes",
              stage -> runs(context, stage, remote(context, stage), sizes, false));
      new LimitsReport(
              "pools of another node", 0, RAISE + " on that node, or more such nodes", runs)
          .into(context.size("delay"), plot, draft);
    }
    if (context.includes("six-permits")) {
      var few = sizes.stream().filter(count -> count <= SIX_MAX).toList();
      var runs =
          context.stage("six", stage -> runs(context, stage, six(context, stage), few, false));
      new LimitsReport("six permits", PERMITS, "the pool's permits", runs)
          .into(context.size("delay"), plot, draft);
    }
  }

  /** The sizes of the series below the largest, and the largest. */
  public static List<Integer> atOnce(int most) {
    return Stream.concat(AT_ONCE.stream().filter(count -> count < most), Stream.of(most)).toList();
  }

  /** The node that takes fetches, and the node whose executors make them. */
  private record Place(NodeProcess node, NodeProcess executor, Submission spec) {}

  private static Place local(Context context, TestBed stage)
      throws IOException, InterruptedException {
    var node = stage.start();
    return new Place(node, node, spec(stage, context.size("delay")));
  }

  private static Place six(Context context, TestBed stage)
      throws IOException, InterruptedException {
    var node = stage.start("-Dretriever.executor.pools.six.permits=" + PERMITS);
    return new Place(node, node, spec(stage, context.size("delay")).pool("six"));
  }

  private static Place remote(Context context, TestBed stage)
      throws IOException, InterruptedException {
    var node = stage.node(TestBed.role("origin"));
    node.start();
    var executor = stage.join(node, TestBed.role("executor"));
    return new Place(node, executor, spec(stage, context.size("delay")));
  }

  private static Submission spec(TestBed stage, int delayMs) throws IOException {
    return Submission.get(stage.url("/delay/" + delayMs)).timeout("2m").within("30m");
  }

  /**
   * @param hold whether to add a run with calls so long that the most are in flight together
   */
  private static LimitsReport.Runs runs(
      Context context, TestBed stage, Place place, List<Integer> sizes, boolean hold)
      throws IOException, InterruptedException {
    var fetches = Fetches.through(place.node(), stage);
    var runs = new ArrayList<AtOnce.Run>();
    var atOnce = new AtOnce(context, stage, fetches, place.node(), place.executor());
    var delay = context.size("delay");
    atOnce.warmUp(place.spec());
    runs.add(atOnce.sequential(context.size("sequential"), delay, place.spec()));
    for (var count : sizes) {
      runs.add(atOnce.run(count, delay, place.spec()));
    }
    if (hold && context.size("hold") > 0) {
      var held = context.size("hold") * 1_000;
      runs.add(atOnce.run(context.size("most"), held, spec(stage, held)));
    }
    return new LimitsReport.Runs(runs, stage.verdict());
  }

  public static int batches(int count, int permits) {
    return (count + permits - 1) / permits;
  }
}
