package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.result.Plot;
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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Opens subscriptions in waves, many on a WebSocket. Measures each wave, tells every subscription
 * an event at the end, and measures what is left when all have gone.
 */
public final class StressWaves {
  private static final int WAVES = 5;
  private static final int SHARE = 10;
  private static final int SECONDS = 60;

  /**
   * So much more heap than the second may the last wave take; the first includes one-time costs.
   */
  private static final double TOLERANCE = 0.5;

  /** Of the heap that the subscriptions took, so much may stay when they and their origins left. */
  private static final double LEFT = 0.1;

  /** For the subscriptions, and for each WebSocket of them. */
  private static final int SOCKET_KIB = 60;

  /** Connections of the publisher and for figures. */
  private static final int SPARE = 1_000;

  private static final int LOOK_MS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Context context;
  private final TestBed stage;
  private final int onALine;
  private final int perWave;
  private final int origins;
  private final List<SharedLine> lines = Collections.synchronizedList(new ArrayList<>());
  private final List<Double> heaps = new ArrayList<>();
  private final FailureTally failures = new FailureTally();
  private final ResultDraft draft;
  private double seconds;

  public StressWaves(TestBed stage) {
    this.stage = stage;
    context = stage.context();
    draft = stage.draft();
    onALine = context.size("per-socket");
    // A WebSocket has one subscription to an origin, so there are as many origins as fit on one.
    var wave = Math.max(onALine * SHARE / WAVES, context.size("subscriptions") / WAVES);
    perWave = Math.max(onALine, wave / onALine * onALine);
    origins = Math.max(1, perWave * WAVES / SHARE);
  }

  public void run() throws IOException, InterruptedException {
    var sockets = perWave * WAVES / onALine;
    var heap = StressBed.HEAP_MIB + sockets * SOCKET_KIB / 1024 + "m";
    var node =
        stage.node(
            Map.of(),
            "-Xms" + heap,
            "-Xmx" + heap,
            "-Dretriever.node.outcomes.max-subscriptions=" + (perWave * WAVES + onALine),
            "-Dretriever.node.outcomes.max-sockets=" + (sockets + SPARE),
            "-Dpekko.http.server.max-connections=" + (sockets + SPARE),
            "-Dretriever.origin.idle=5s",
            "-Dretriever.origin.max-in-memory=" + Math.max(1, origins));
    node.start();
    warmUp(node);
    var loops =
        new MultiThreadIoEventLoopGroup(
            2, new DefaultThreadFactory("waves", true), NioIoHandler.newFactory());
    stage.closing(() -> loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly());
    heaps.add(heap(node));
    var rows =
        draft.table(
            "waves",
            "subscriptions",
            "the node counts",
            "opened in, s",
            "heap after collection, MiB",
            "memory, MiB");
    var wrong = 0L;
    for (var wave = 0; wave < WAVES; wave++) {
      var opened = wave(loops, node, wave);
      heaps.add(heap(node));
      var all = perWave * (wave + 1);
      var counted = counted(node, all);
      wrong = Math.max(wrong, Math.abs(counted - all));
      rows.row(all, counted, opened, heaps.get(wave + 1), memory(node));
    }
    publish(node);
    wrong = Math.max(wrong, leave(node, rows));
    checks(wrong);
  }

  /** Each origin once, before any subscription: what is loaded once is not the waves'. */
  private void warmUp(NodeProcess node) throws IOException, InterruptedException {
    var fetches = Fetches.through(node, stage);
    var spec = Submission.get(stage.url("/uuid"));
    var count = Math.min(origins, 500);
    Phase.closedLoop(
        context, "warm-up", count, 64, i -> fetches.settle(Audience.origin(i), "w-" + i, spec));
    asleep(node);
  }

  private void asleep(NodeProcess node) throws IOException, InterruptedException {
    var api = stage.api();
    Polling.until(PATIENCE, 200, () -> figure(api, node, "originsInMemory") == 0);
  }

  /** A figure of the node; negative if it does not answer. */
  private static long figure(Api api, NodeProcess node, String name) {
    return api.stat(node.management(), name).exceptionally(gone -> -1L).join();
  }

  private double wave(MultiThreadIoEventLoopGroup loops, NodeProcess node, int wave)
      throws InterruptedException {
    var count = perWave / onALine;
    try (var progress = context.progress("wave " + (wave + 1), count)) {
      var driven =
          ClosedLoop.run(
              count,
              16,
              line -> {
                var first = (wave * count + line) * onALine;
                var names =
                    IntStream.range(first, first + onALine)
                        .mapToObj(i -> Audience.origin(i % origins))
                        .toList();
                return SharedLine.open(loops, node.api().getPort(), names, wave * count + line)
                    .whenComplete(
                        (open, failure) -> {
                          if (failure == null) {
                            lines.add(open);
                          } else {
                            failures.add("subscribe", failure);
                          }
                        });
              },
              progress);
      seconds += driven.elapsed().toMillis() / 1e3;
      return driven.elapsed().toMillis() / 1e3;
    }
  }

  private static double heap(NodeProcess node) {
    return Resources.mib(Resources.heapAfterGc(node.pid()));
  }

  private static double memory(NodeProcess node) {
    return Resources.mib(Resources.sample(node.pid()).rssBytes());
  }

  /** What the node counts, after a while to be right. */
  private long counted(NodeProcess node, long expected) throws IOException, InterruptedException {
    var api = stage.api();
    Polling.until(PATIENCE, LOOK_MS, () -> figure(api, node, "subscriptions") == expected);
    return figure(api, node, "subscriptions");
  }

  /** One event of each origin, which every subscription must be told once. */
  private void publish(NodeProcess node) throws IOException, InterruptedException {
    var fetches = Fetches.through(node, stage);
    var spec = Submission.get(stage.url("/uuid"));
    var from = System.nanoTime();
    Phase.closedLoop(
        context, "publish", origins, 64, i -> fetches.submit(Audience.origin(i), "e-" + i, spec));
    var all = (long) perWave * WAVES;
    Polling.until(PATIENCE, LOOK_MS, () -> told() >= all);
    var took = (System.nanoTime() - from) / 1e9;
    fetches.readUnsettled(context);
    draft.ledger("waves", stage.verdict());
    var once = lines.stream().mapToLong(SharedLine::toldOnce).sum();
    draft.promise("subscriptions that were told their event once", once == all, once, "all " + all);
    draft.promise("deliveries", told() == all, told(), String.valueOf(all));
    draft.finding("%d subscriptions were told an event each within %.1f s.", once, took);
  }

  private long told() {
    synchronized (lines) {
      return lines.stream().mapToLong(SharedLine::outcomes).sum();
    }
  }

  /** All leave; returns by how much the gauge of the node is wrong then. */
  private long leave(NodeProcess node, ResultDraft.Rows rows)
      throws IOException, InterruptedException {
    lines.forEach(SharedLine::close);
    var counted = counted(node, 0);
    asleep(node);
    heaps.add(heap(node));
    rows.row(0, counted, null, heaps.get(WAVES + 1), memory(node));
    return counted;
  }

  /** The heap after each wave, beside what it would be if each took what the second took. */
  private void plot(double second) {
    var plot =
        draft.plot(
            Plot.lines(
                "heap", "Heap after each wave", Plot.axis("subscriptions"), Plot.axis("MiB")));
    var measured = plot.add("after collection");
    for (var wave = 0; wave <= WAVES; wave++) {
      measured.add(new Plot.Point((double) wave * perWave, heaps.get(wave)));
    }
    plot.ideal(
        "in proportion to the second wave",
        List.of(
            new Plot.Point(perWave, heaps.get(1)),
            new Plot.Point((double) WAVES * perWave, heaps.get(1) + second * (WAVES - 1))));
  }

  private void checks(long wrong) {
    var taken = heaps.get(WAVES) - heaps.get(0);
    var second = heaps.get(2) - heaps.get(1);
    var last = heaps.get(WAVES) - heaps.get(WAVES - 1);
    failures.into(draft, "waves");
    draft.promise("the node's count differs from the subscriptions by", wrong == 0, wrong, "0");
    draft.promise("connections that failed", failures.sum() == 0, failures.sum(), "0");
    draft.atMost("time to subscribe", seconds, "s", SECONDS);
    draft.within(
        "heap that the last wave took",
        last,
        "MiB",
        second,
        "the second of the same run",
        TOLERANCE);
    plot(second);
    draft.atMost(
        "heap that stays after all have left, of what they took",
        (heaps.get(WAVES + 1) - heaps.get(0)) / taken,
        "×",
        LEFT);
    draft.finding(
        "A subscription that shares a WebSocket takes %.1f KiB of heap, its tenth of an origin"
            + " included. Of %.0f MiB that all took, %.1f MiB stayed when they had left.",
        (heaps.get(WAVES) - heaps.get(1)) * 1024 / (perWave * (WAVES - 1.0)),
        taken,
        heaps.get(WAVES + 1) - heaps.get(0));
  }
}
