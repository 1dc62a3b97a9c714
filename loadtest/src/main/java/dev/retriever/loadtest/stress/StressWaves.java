package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Opens subscriptions in waves, a hundred on a WebSocket. Measures each wave, and whether memory is
 * proportional to their number.
 */
public final class StressWaves {
  private static final int WAVES = 5;
  private static final int ON_A_LINE = 100;
  private static final int SHARE = 10;
  private static final int SECONDS = 60;

  /**
   * The last wave may take this many times the heap of the second; the first includes one-time
   * costs.
   */
  private static final double LINEAR = 1.5;

  private static final int LOOK_MS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Context context;
  private final TestBed stage;
  private final int perWave;
  private final int origins;
  private final AtomicLong outcomes = new AtomicLong();
  private final List<Double> heaps = new ArrayList<>();
  private final ResultDraft draft;
  private double seconds;
  private int failed;

  public StressWaves(TestBed stage) {
    this.stage = stage;
    context = stage.context();
    draft = stage.draft();
    // A WebSocket has one subscription to an origin, so there are as many origins as fit on one.
    perWave = Math.max(ON_A_LINE * SHARE / WAVES, context.size("subscriptions") / WAVES);
    origins = perWave * WAVES / SHARE;
  }

  public void run() throws IOException, InterruptedException {
    var node =
        stage.node(
            Map.of(),
            StressRun.HEAP,
            "-Dretriever.node.outcomes.max-subscriptions=" + (perWave * WAVES + ON_A_LINE),
            "-Dretriever.origin.max-in-memory=" + Math.max(1, origins));
    node.start();
    var loops =
        new MultiThreadIoEventLoopGroup(
            2, new DefaultThreadFactory("waves", true), NioIoHandler.newFactory());
    stage.closing(() -> loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly());
    heaps.add(heap(node));
    var rows =
        draft.table(
            "waves", "subscriptions", "opened in, s", "heap after collection, MiB", "memory, MiB");
    for (var wave = 0; wave < WAVES; wave++) {
      var opened = wave(loops, node, wave);
      heaps.add(heap(node));
      rows.row(
          perWave * (wave + 1),
          opened,
          heaps.get(wave + 1),
          Resources.mib(Resources.sample(node.pid()).rssBytes()));
    }
    var counted = stage.api().stat(node.management(), "subscriptions").join();
    var deliveries = publish(node);
    checks(counted, deliveries);
  }

  private double wave(MultiThreadIoEventLoopGroup loops, NodeProcess node, int wave)
      throws InterruptedException {
    var lines = perWave / ON_A_LINE;
    try (var progress = context.progress("wave " + (wave + 1), lines)) {
      var driven =
          ClosedLoop.run(
              lines,
              16,
              line -> {
                var first = (wave * lines + line) * ON_A_LINE;
                var names =
                    IntStream.range(first, first + ON_A_LINE)
                        .mapToObj(i -> Audience.origin(i % origins))
                        .toList();
                return SharedLine.open(loops, node.api().getPort(), names, outcomes);
              },
              progress);
      failed += driven.failed();
      driven.firstFailure().ifPresent(draft::complain);
      seconds += driven.elapsed().toMillis() / 1e3;
      return driven.elapsed().toMillis() / 1e3;
    }
  }

  private static double heap(NodeProcess node) {
    return Resources.mib(Resources.heapAfterGc(node.pid()));
  }

  private long publish(NodeProcess node) throws IOException, InterruptedException {
    var fetches = Fetches.through(node, stage);
    var spec = Submission.get(stage.url("/uuid"));
    var events = Math.min(context.size("events"), origins);
    Phase.closedLoop(
        context, "publish", events, 64, i -> fetches.submit(Audience.origin(i), "e-" + i, spec));
    var expected = (long) events * SHARE;
    Polling.until(PATIENCE, LOOK_MS, () -> outcomes.get() >= expected);
    fetches.readUnsettled(context);
    draft.ledger("waves", stage.verdict());
    return expected;
  }

  private void checks(long counted, long deliveries) {
    var all = perWave * WAVES;
    var second = heaps.get(2) - heaps.get(1);
    var last = heaps.get(WAVES) - heaps.get(WAVES - 1);
    draft.promise("subscriptions that the node counts", counted == all, counted, "= " + all);
    draft.atMost("connections that failed", failed, "", 0);
    draft.atMost("time to subscribe", seconds, "s", SECONDS);
    draft.atMost("heap of the last wave, of the second's", last / second, "×", LINEAR);
    draft.promise("deliveries", outcomes.get() == deliveries, outcomes.get(), "= " + deliveries);
    draft.finding(
        "A subscription that shares a WebSocket takes %.1f KiB of heap, its tenth of an origin"
            + " included.",
        (heaps.get(WAVES) - heaps.get(1)) * 1024 / (perWave * (WAVES - 1.0)));
  }
}
