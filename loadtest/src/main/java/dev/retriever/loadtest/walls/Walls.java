package dev.retriever.loadtest.walls;

import dev.retriever.loadtest.run.Context;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Ramps in each place, until each has met a wall that no setting of the node moves. */
public final class Walls {
  /** The parts of a scenario that has these ramps, and whether their executors are elsewhere. */
  private static final Map<String, Boolean> PLACES =
      Map.of("ramp-local", false, "ramp-executor-nodes", true);

  private Walls() {}

  public static List<String> parts() {
    return PLACES.keySet().stream().sorted().toList();
  }

  public static void run(Context context) throws IOException, InterruptedException {
    var results = new ArrayList<Ramp.Result>();
    for (var part : parts()) {
      if (context.includes(part)) {
        var remote = PLACES.get(part);
        var where = remote ? "another node's pools" : "the node's own pools";
        for (var plan : RampPlan.all(where, remote, context.quick())) {
          results.add(on(context, plan));
        }
        var last = results.get(results.size() - 1);
        if (last.wall().filter(Wall::isHeap).isPresent()) {
          results.add(on(context, last.plan().withLargerHeap()));
        }
      }
    }
    if (!results.isEmpty()) {
      new WallReport(results).into(context.draft());
    }
  }

  private static Ramp.Result on(Context context, RampPlan plan)
      throws IOException, InterruptedException {
    return context.on("ramp-" + plan.name(), plan.remote(), stage -> new Ramp(stage, plan).run());
  }
}
