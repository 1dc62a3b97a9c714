package dev.retriever.loadtest;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Fetches by the hundred through one node, spread over origins, and how long they take. */
final class Jobs {
  private final Context context;
  private final NodeProcess node;
  private final Fetches fetches;
  private final int origins;

  Jobs(Context context, Stage stage, NodeProcess node, int origins) throws IOException {
    this(context, node, Fetches.through(node, stage), origins);
  }

  Jobs(Context context, NodeProcess node, Fetches fetches, int origins) {
    this.context = context;
    this.node = node;
    this.fetches = fetches;
    this.origins = origins;
  }

  /** The same through another client. */
  Jobs with(Fetches others) {
    return new Jobs(context, node, others, origins);
  }

  Fetches fetches() {
    return fetches;
  }

  String origin(int index) {
    return "job-" + index % origins;
  }

  /** Each is submitted and waited for, with so many open at once. */
  Phase settle(String run, int count, int concurrency, FetchSpec spec) throws InterruptedException {
    var outcome = Phase.histogram();
    return Phase.closedLoop(
        context,
        Optional.of(node),
        run,
        count,
        concurrency,
        Map.of("outcome", outcome),
        i -> {
          var from = System.nanoTime();
          return fetches
              .settle(origin(i), id(run, i), spec)
              .thenRun(() -> Phase.record(outcome, from));
        });
  }

  /** Each is submitted when it is due, and waited for. */
  Phase settleAt(String run, int count, double perSecond, FetchSpec spec)
      throws InterruptedException {
    var outcome = Phase.histogram();
    var before = node.cpu();
    try (var progress = context.progress(run, count)) {
      var driven =
          OpenLoop.run(
              count,
              OpenLoop.Arrivals.random(perSecond, context.seed()),
              outcome,
              i -> fetches.settle(origin(i), id(run, i), spec),
              progress);
      var cpu = node.cpu().flatMap(after -> before.map(after::minus));
      return new Phase(run, count, driven, Map.of("outcome", outcome), cpu);
    }
  }

  /** Each is submitted and not waited for. */
  Phase enqueue(String run, int count, int concurrency, FetchSpec spec)
      throws InterruptedException {
    return Phase.closedLoop(
        context,
        Optional.of(node),
        run,
        count,
        concurrency,
        i -> fetches.submit(origin(i), id(run, i), spec));
  }

  static String id(String run, int index) {
    return run.replaceAll("[^A-Za-z0-9]+", "-") + "-" + index;
  }
}
