package dev.retriever.loadtest.stress;

import dev.retriever.loadtest.process.HeapProbe;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Samples a run over time: delivery latency, the heap of the node, and connections. Long runs have
 * fewer samples for each second, so that there are 400 at most. Closing ends it.
 */
final class StressTimeline implements AutoCloseable {
  private static final int SAMPLES_MAX = 400;
  private static final int EVERY_MS = 500;

  /**
   * One look.
   *
   * @param p50 of deliveries since the look before, in milliseconds; NaN without any
   * @param heap used, garbage included, in MiB
   * @param counted subscriptions by the gauge of the node
   * @param open subscribers that are connected
   */
  record Look(
      double seconds, double p50, double p99, double heap, double rss, long counted, long open) {}

  /** What the node counts; negative if it does not answer. */
  interface Gauge {
    long read();
  }

  private final NodeProcess node;
  private final Audience audience;
  private final Gauge gauge;
  private final long from = System.nanoTime();
  private final List<Look> looks = new ArrayList<>();
  private final Thread sampler = new Thread(this::watch, "stress-timeline");
  private int everyMs = EVERY_MS;

  StressTimeline(NodeProcess node, Audience audience, Gauge gauge) {
    this.node = node;
    this.audience = audience;
    this.gauge = gauge;
    HeapProbe.prepare(node.pid());
    sampler.setDaemon(true);
    sampler.start();
  }

  private void watch() {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(everyMs);
        add(look());
      }
    } catch (InterruptedException e) {
      // Interrupted by close.
    }
  }

  private Look look() {
    var took = audience.received().tookLately();
    return new Look(
        seconds(),
        Phase.millis(took, 50),
        Phase.millis(took, 99),
        Resources.mib(HeapProbe.usedBytes(node.pid())),
        Resources.mib(Resources.sample(node.pid()).rssBytes()),
        gauge.read(),
        audience.open());
  }

  /** Drops every second sample, and takes half as many from then on, when there are too many. */
  private synchronized void add(Look look) {
    looks.add(look);
    if (looks.size() >= SAMPLES_MAX) {
      var kept = IntStream.range(0, looks.size()).filter(i -> i % 2 == 1).mapToObj(looks::get);
      var half = kept.toList();
      looks.clear();
      looks.addAll(half);
      everyMs *= 2;
    }
  }

  /** Seconds since its start. */
  double seconds() {
    return (System.nanoTime() - from) / 1e9;
  }

  synchronized List<Look> looks() {
    return List.copyOf(looks);
  }

  /** Adds the three plots, below each other. */
  void into(ResultDraft draft, String name) {
    var file = name.replaceAll("[^a-z0-9]+", "-");
    var all = looks();
    var latency =
        Plot.lines(
            file + "-latency",
            name + ": from the journal to the subscriber, over time",
            Plot.axis("seconds"),
            Plot.log("ms"));
    fill(latency, "p50", all, Look::p50);
    fill(latency, "p99", all, Look::p99);
    var memory =
        Plot.lines(
            file + "-memory",
            name + ": memory of the node over time",
            Plot.axis("seconds"),
            Plot.axis("MiB"));
    fill(memory, "heap, garbage included", all, Look::heap);
    fill(memory, "resident", all, Look::rss);
    var connections =
        Plot.lines(
            file + "-connections",
            name + ": subscriptions over time",
            Plot.axis("seconds"),
            Plot.axis("open"));
    fill(connections, "the node counts", all, Look::counted);
    fill(connections, "connected readers", all, Look::open);
    List.of(latency, memory, connections).forEach(plot -> draft.plot(plot.in(file + "-over-time")));
  }

  private static void fill(Plot plot, String name, List<Look> all, ToDoubleFunction<Look> figure) {
    var points = plot.add(name);
    all.stream()
        .filter(look -> Double.isFinite(figure.applyAsDouble(look)))
        .forEach(look -> points.add(new Plot.Point(look.seconds(), figure.applyAsDouble(look))));
  }

  @Override
  public void close() {
    sampler.interrupt();
  }
}
