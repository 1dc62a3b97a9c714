package dev.retriever.loadtest.bars;

import dev.retriever.loadtest.load.OperatedQueues;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.run.AtOnce;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.TestBed;
import dev.retriever.loadtest.walls.Walls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes ever more slow calls at once, to find the limit, its effect, and the setting that raises
 * it. Measures the node's own pool, pools of another node, a queue, and a pool with six permits;
 * and {@linkplain Walls ramps} until something gives.
 */
public final class Limits {
  private static final int PERMITS = 6;
  private static final int SIX_MAX = 120;
  private static final int SLOTS = 50;

  /** Calls of a quick run are so short that fifty are never there together. */
  private static final int QUICK_SLOTS = 10;

  private static final int QUEUE_MAX = 1_000;

  /** Ascending, so that the marks of the nodes are those of the latest run. */
  private static final List<Integer> AT_ONCE = List.of(50, 60, 100, 120, 1_000, 2_000, 10_000);

  private static final String RAISE =
      "retriever.executor.permits (for all) and retriever.executor.transport.max-per-target (for one"
          + " target)";

  private Limits() {}

  public static void run(Context context) throws IOException, InterruptedException {
    var plot =
        context
            .draft()
            .plot(
                Plot.lines(
                    "settled",
                    "Time to settle all, by how many at once",
                    Plot.log("fetches at once"),
                    Plot.log("ms")));
    var sizes = atOnce(context.size("most"));
    if (context.includes("local")) {
      var runs = context.on("local", false, stage -> runs(stage, local(stage), sizes, true));
      new LimitsReport("local pool", 0, RAISE, runs).into(context, plot);
    }
    if (context.includes("executor-nodes")) {
      var runs =
          context.on("executor-nodes", true, stage -> runs(stage, remote(stage), sizes, false));
      new LimitsReport(
              "pools of another node", 0, RAISE + " on that node, or more such nodes", runs)
          .into(context, plot);
    }
    if (context.includes("queue")) {
      var few = sizes.stream().filter(count -> count <= QUEUE_MAX).toList();
      var runs = context.on("queue", false, stage -> runs(stage, queue(stage), few, false));
      var slots = slots(context);
      new LimitsReport(
              "queue with %d slots".formatted(slots), slots, "the queue's concurrency", runs)
          .into(context, plot);
    }
    if (context.includes("six-permits")) {
      var few = sizes.stream().filter(count -> count <= SIX_MAX).toList();
      var runs = context.on("six", false, stage -> runs(stage, six(stage), few, false));
      new LimitsReport("six permits", PERMITS, "the pool's permits", runs).into(context, plot);
    }
    Walls.run(context);
  }

  /** Names for {@code --only}. */
  public static List<String> parts() {
    return Stream.concat(
            Stream.of("local", "executor-nodes", "queue", "six-permits"), Walls.parts().stream())
        .toList();
  }

  /** The sizes of the series below the largest, and the largest. */
  public static List<Integer> atOnce(int most) {
    return Stream.concat(AT_ONCE.stream().filter(count -> count < most), Stream.of(most)).toList();
  }

  /** The node that takes fetches, and the node whose executors make them. */
  private record Place(NodeProcess node, NodeProcess executor, Submission spec) {}

  private static Place local(TestBed stage) throws IOException, InterruptedException {
    var node = stage.start();
    return new Place(node, node, spec(stage));
  }

  private static Place six(TestBed stage) throws IOException, InterruptedException {
    var node = stage.start("-Dretriever.executor.pools.six.permits=" + PERMITS);
    return new Place(node, node, spec(stage).pool("six"));
  }

  private static Place queue(TestBed stage) throws IOException, InterruptedException {
    var node = stage.start();
    var slots = "{\"concurrency\": %d}".formatted(slots(stage.context()));
    OperatedQueues.of(node).make("narrow", slots);
    return new Place(node, node, spec(stage).queue("narrow"));
  }

  private static int slots(Context context) {
    return context.quick() ? QUICK_SLOTS : SLOTS;
  }

  private static Place remote(TestBed stage) throws IOException, InterruptedException {
    var node = stage.start(TestBed.role("origin"));
    return new Place(node, stage.join(node, TestBed.role("executor")), spec(stage));
  }

  private static Submission spec(TestBed stage) throws IOException {
    return spec(stage, stage.context().size("delay"));
  }

  private static Submission spec(TestBed stage, int delayMs) throws IOException {
    return Submission.get(stage.url("/delay/" + delayMs)).timeout("2m").within("30m");
  }

  /**
   * @param hold whether to add a run with calls so long that the most are in flight together
   */
  private static LimitsReport.Runs runs(
      TestBed stage, Place place, List<Integer> sizes, boolean hold)
      throws IOException, InterruptedException {
    var context = stage.context();
    var fetches = Fetches.through(place.node(), stage);
    var runs = new ArrayList<AtOnce.Run>();
    var atOnce = new AtOnce(stage, fetches, place.node(), place.executor());
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
