package dev.retriever.loadtest.dispatch;

import dev.retriever.loadtest.cost.PriceSheet;
import dev.retriever.loadtest.load.OperatedQueues;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares dispatches for targets that take ever longer: the latency added to a plain call, the
 * resources of origins and executors, and the cost.
 */
public final class DispatchCompared {
  private static final List<Integer> DURATIONS = List.of(0, 100, 500, 1_000, 5_000, 10_000);

  /** The longest duration for which cells with waiting callers are measured, too. */
  private static final int WAITED_MAX = 1_000;

  /** More than the lanes of all cells, so that no fetch waits for a slot. */
  private static final int SLOTS = 1_000;

  private DispatchCompared() {}

  public static void run(Context context) throws IOException, InterruptedException {
    var costs = new ArrayList<DispatchCost>();
    if (context.includes("local")) {
      // The same database for both, so that the difference is due to the other node alone.
      costs.addAll(
          context.on("local", context.includes("executor-nodes"), DispatchCompared::local));
    }
    if (context.includes("executor-nodes")) {
      costs.addAll(context.on("nodes", true, DispatchCompared::nodes));
    }
    new DispatchReport(costs, PriceSheet.shipped(), context.size("idle")).into(context.draft());
  }

  private static List<DispatchCost> local(TestBed stage) throws IOException, InterruptedException {
    var log = stage.logs().resolve("invocations-1.jsonl");
    var node = stage.start(settings(Map.of(), log), idle(stage));
    var slots = "{\"concurrency\": %d}".formatted(SLOTS);
    OperatedQueues.of(node).make(Dispatch.QUEUE, slots);
    return runs(stage, List.of(node), List.of(log));
  }

  private static List<DispatchCost> nodes(TestBed stage) throws IOException, InterruptedException {
    var logs =
        List.of(
            stage.logs().resolve("invocations-1.jsonl"),
            stage.logs().resolve("invocations-2.jsonl"));
    var node = stage.start(settings(TestBed.role("origin"), logs.get(0)), idle(stage));
    var executor = stage.join(node, settings(TestBed.role("executor"), logs.get(1)), idle(stage));
    return runs(stage, List.of(node, executor), logs);
  }

  private static List<DispatchCost> runs(TestBed stage, List<NodeProcess> nodes, List<Path> logs)
      throws IOException, InterruptedException {
    var cells = cells(stage.context(), nodes.size() > 1);
    var costs = new DispatchRuns(stage, nodes, logs).run(cells);
    stage.draft().ledger(nodes.size() > 1 ? "executor nodes" : "local", stage.verdict());
    return costs;
  }

  private static Map<String, String> settings(Map<String, String> more, Path log) {
    var all = new HashMap<>(more);
    all.put("RETRIEVER_INVOCATION_LOG", log.toString());
    return all;
  }

  private static String idle(TestBed stage) {
    return "-Dretriever.origin.idle=" + stage.context().size("idle") + "ms";
  }

  /** Cells that are compared with each other run one after the other. */
  static List<Dispatch.Cell> cells(Context context, boolean executorNodes) {
    var cells = new ArrayList<Dispatch.Cell>();
    for (var duration : DURATIONS) {
      var fetches = context.size(duration == 0 ? "uuid-runs" : "runs");
      for (var origins : Dispatch.Origins.values()) {
        var most = origins == Dispatch.Origins.WAITED ? WAITED_MAX : Integer.MAX_VALUE;
        if (duration <= Math.min(most, context.size("longest"))) {
          for (var dispatch : Dispatch.of(executorNodes)) {
            cells.add(Dispatch.Cell.of(dispatch, origins, duration, fetches));
          }
        }
      }
    }
    return cells;
  }
}
