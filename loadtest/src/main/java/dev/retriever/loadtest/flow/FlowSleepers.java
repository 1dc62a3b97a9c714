package dev.retriever.loadtest.flow;

import dev.retriever.loadtest.load.OperatedQueues;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Jobs;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Fetches of many origins wait in a paused queue while the origins sleep. Then the only node is
 * killed, another one starts, and the queue lets them go.
 */
public final class FlowSleepers {
  private static final String QUEUE = "sleepers";
  private static final String IDLE = "-Dretriever.origin.idle=2s";
  private static final int LOOK_MS = 20;
  private static final int LOOK_SECONDS = 120;
  private static final Duration ASLEEP = Duration.ofSeconds(60);
  private static final double FIRST_SECONDS = 5;

  private final TestBed stage;
  private final Context context;

  public FlowSleepers(TestBed stage) {
    this.stage = stage;
    context = stage.context();
  }

  public void run() throws IOException, InterruptedException {
    var node = stage.node(Map.of(), IDLE);
    node.start();
    var queues = OperatedQueues.of(node);
    queues.make(QUEUE, "{\"concurrency\": 50}");
    var jobs = new Jobs(stage, node);
    var spec = Submission.get(stage.url("/uuid")).timeout("30s").within("24h").queue(QUEUE);
    jobs.settle("warm-up", Math.min(500, context.size("waiting")), 64, spec);
    asleep(node);
    var before = heap(node);
    queues.pause(QUEUE);
    var enqueued =
        jobs.enqueue("enqueue", context.size("waiting"), context.size("concurrency"), spec);
    asleep(node);
    var after = heap(node);
    var depth = queues.waiting(QUEUE);
    node.kill();
    stage.target().mostAtOnce();
    var next = stage.node(Map.of(), IDLE);
    var ready = next.start();
    OperatedQueues.of(next).resume(QUEUE);
    var first = firstHit();
    Phase.table("Enqueue", List.of(enqueued), stage.draft());
    stage
        .draft()
        .table("What waits")
        .next()
        .cell("fetches", context.size("waiting"))
        .cell("origins", context.size("origins"))
        .cell("depth of the queue", depth)
        .cell("heap before, MiB", Resources.mib(before))
        .cell("heap after, MiB", Resources.mib(after))
        .cell("bytes of heap for each", (after - before) / (double) context.size("waiting"))
        .cell("ready after the kill, s", ready)
        .cell("first start after that, s", first);
    stage
        .draft()
        .promise(
            "depth",
            depth == context.size("waiting"),
            depth,
            String.valueOf(context.size("waiting")));
    stage.draft().atMost("first start after a restart", first.toMillis() / 1e3, "s", FIRST_SECONDS);
    jobs = new Jobs(stage, next);
    jobs.fetches().readUnsettled(context);
    stage.draft().ledger("sleepers", stage.verdict());
  }

  /** Until no origin is in memory. */
  private void asleep(NodeProcess node) throws IOException, InterruptedException {
    var api = stage.api();
    Polling.until(ASLEEP, 200, () -> api.stat(node.management(), "originsInMemory").join() == 0);
  }

  private static long heap(NodeProcess node) {
    return Resources.heapAfterGc(node.pid()).orElse(0);
  }

  private Duration firstHit() throws IOException, InterruptedException {
    var from = System.nanoTime();
    while (stage.target().mostAtOnce() == 0
        && System.nanoTime() - from < TimeUnit.SECONDS.toNanos(LOOK_SECONDS)) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
    }
    return Duration.ofNanos(System.nanoTime() - from);
  }
}
