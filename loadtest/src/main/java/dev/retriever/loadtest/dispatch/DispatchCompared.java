package dev.retriever.loadtest.dispatch;

import dev.retriever.loadtest.cost.PriceSheet;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.result.ResultDraft;
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

  private DispatchCompared() {}

  public static void run(Context context, ResultDraft draft)
      throws IOException, InterruptedException {
    var costs = new ArrayList<DispatchCost>();
    if (context.includes("local")) {
      Context.Act<List<DispatchCost>> local = stage -> local(context, stage, draft);
      // The same database for both, so that the difference is due to the other node alone.
      costs.addAll(
          context.includes("executor-nodes")
              ? context.stageOfSeveral("local", local)
              : context.stage("local", local));
    }
    if (context.includes("executor-nodes")) {
      costs.addAll(context.stageOfSeveral("nodes", stage -> nodes(context, stage, draft)));
    }
    new DispatchReport(costs, PriceSheet.shipped(), context.size("idle")).into(draft);
  }

  private static List<DispatchCost> local(Context context, TestBed stage, ResultDraft draft)
      throws IOException, InterruptedException {
    var log = stage.logs().resolve("invocations-1.jsonl");
    var node = stage.node(settings(Map.of(), log), idle(context));
    node.start();
    return runs(context, stage, List.of(node), List.of(log), draft);
  }

  private static List<DispatchCost> nodes(Context context, TestBed stage, ResultDraft draft)
      throws IOException, InterruptedException {
    var logs =
        List.of(
            stage.logs().resolve("invocations-1.jsonl"),
            stage.logs().resolve("invocations-2.jsonl"));
    var node = stage.node(settings(TestBed.role("origin"), logs.get(0)), idle(context));
    node.start();
    var executor = stage.join(node, settings(TestBed.role("executor"), logs.get(1)), idle(context));
    return runs(context, stage, List.of(node, executor), logs, draft);
  }

  private static List<DispatchCost> runs(
      Context context, TestBed stage, List<NodeProcess> nodes, List<Path> logs, ResultDraft draft)
      throws IOException, InterruptedException {
    var cells = cells(context, nodes.size() > 1);
    var costs = new DispatchRuns(context, stage, nodes, logs).run(cells);
    draft.ledger(nodes.size() > 1 ? "executor nodes" : "local", stage.verdict());
    return costs;
  }

  private static Map<String, String> settings(Map<String, String> more, Path log) {
    var all = new HashMap<>(more);
    all.put("RETRIEVER_INVOCATION_LOG", log.toString());
    return all;
  }

  private static String idle(Context context) {
    return "-Dretriever.origin.idle=" + context.size("idle") + "ms";
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
