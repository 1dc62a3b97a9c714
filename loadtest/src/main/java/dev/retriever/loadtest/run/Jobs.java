package dev.retriever.loadtest.run;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.NodeProcess;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Makes many fetches through one node, spread over origins, and measures them. */
public final class Jobs {
  private final Context context;
  private final NodeProcess node;
  private final Fetches fetches;

  public Jobs(TestBed stage, NodeProcess node) throws IOException {
    this(stage.context(), node, Fetches.through(node, stage));
  }

  private Jobs(Context context, NodeProcess node, Fetches fetches) {
    this.context = context;
    this.node = node;
    this.fetches = fetches;
  }

  /** The same through another client. */
  public Jobs with(Fetches others) {
    return new Jobs(context, node, others);
  }

  public Fetches fetches() {
    return fetches;
  }

  /** Submits fetches and waits for each, with so many open at once. */
  public Phase settle(String run, int count, int concurrency, Submission spec)
      throws InterruptedException {
    return Phase.closedLoop(
        context,
        Optional.of(node),
        "outcome",
        run,
        count,
        concurrency,
        i -> fetches.settle(context.origin(i), id(run, i), spec));
  }

  /** Submits each fetch when it is due, and waits for it. */
  public Phase settleAt(String run, int count, double perSecond, Submission spec)
      throws InterruptedException {
    var outcome = Phase.histogram();
    var before = node.cpu();
    try (var progress = context.progress(run, count)) {
      var driven =
          OpenLoop.run(
              count,
              OpenLoop.Arrivals.random(perSecond, context.seed()),
              outcome,
              i -> fetches.settle(context.origin(i), id(run, i), spec),
              progress);
      var cpu = node.cpu().flatMap(after -> before.map(after::minus));
      return new Phase(run, count, driven, Map.of("outcome", outcome), cpu);
    }
  }

  /** Submits fetches without waiting for their outcomes. */
  public Phase enqueue(String run, int count, int concurrency, Submission spec)
      throws InterruptedException {
    return Phase.closedLoop(
        context,
        Optional.of(node),
        "call",
        run,
        count,
        concurrency,
        i -> fetches.submit(context.origin(i), id(run, i), spec));
  }

  public static String id(String run, int index) {
    return run.replaceAll("[^A-Za-z0-9]+", "-") + "-" + index;
  }
}
