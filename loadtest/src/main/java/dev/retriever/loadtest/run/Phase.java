package dev.retriever.loadtest.run;

import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.result.ResultDraft;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * One measured part of a scenario.
 *
 * @param latencies in microseconds, by what was measured
 * @param nodeCpu processor time of the node meanwhile, if it took part and the system knows
 */
public record Phase(
    String name,
    int count,
    ClosedLoop.LoopResult driven,
    Map<String, Histogram> latencies,
    Optional<Duration> nodeCpu) {
  private static final int DIGITS = 3;

  public static Histogram histogram() {
    return new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(10), DIGITS);
  }

  /** Records the time since a {@link System#nanoTime} reading. */
  public static void record(Histogram histogram, long fromNanos) {
    recordMicros(histogram, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - fromNanos));
  }

  /** Records the time; one outside the scale counts as the end of the scale. */
  public static void recordMicros(Histogram histogram, long micros) {
    histogram.recordValue(Math.max(0, Math.min(micros, histogram.getHighestTrackableValue())));
  }

  /** Calls whose time, from the call to its success, is recorded in the histogram. */
  public static IntFunction<CompletableFuture<?>> timed(
      Histogram histogram, IntFunction<CompletableFuture<?>> call) {
    return i -> {
      var from = System.nanoTime();
      return call.apply(i).thenRun(() -> record(histogram, from));
    };
  }

  /** Makes so many calls in a closed loop, and measures each as {@code call}. */
  public static Phase closedLoop(
      Context context,
      String name,
      int count,
      int concurrency,
      IntFunction<CompletableFuture<?>> call)
      throws InterruptedException {
    return closedLoop(context, Optional.empty(), "call", name, count, concurrency, call);
  }

  /**
   * The same, measured under another name.
   *
   * @param node whose processor time counts
   */
  public static Phase closedLoop(
      Context context,
      Optional<NodeProcess> node,
      String of,
      String name,
      int count,
      int concurrency,
      IntFunction<CompletableFuture<?>> call)
      throws InterruptedException {
    var latency = histogram();
    return closedLoop(
        context, node, name, count, concurrency, Map.of(of, latency), timed(latency, call));
  }

  /**
   * The same for calls that record their latencies themselves.
   *
   * @param latencies to which they do
   */
  public static Phase closedLoop(
      Context context,
      Optional<NodeProcess> node,
      String name,
      int count,
      int concurrency,
      Map<String, Histogram> latencies,
      IntFunction<CompletableFuture<?>> call)
      throws InterruptedException {
    var before = node.flatMap(NodeProcess::cpu);
    try (var progress = context.progress(name, count)) {
      var driven = ClosedLoop.run(count, concurrency, call, progress);
      var cpu = node.flatMap(NodeProcess::cpu).flatMap(after -> before.map(after::minus));
      return new Phase(name, count, driven, latencies, cpu);
    }
  }

  /** The first of its latencies. */
  public Histogram latency() {
    return latencies.values().iterator().next();
  }

  /** Of its first latency, in milliseconds. */
  public double millis(double percentile) {
    return millis(latency(), percentile);
  }

  public double perSecond() {
    return (driven.ended() - driven.failed()) / (driven.elapsed().toNanos() / 1e9);
  }

  public double seconds() {
    return driven.elapsed().toNanos() / 1e9;
  }

  /** Processor time of the node for each call; NaN when unknown. */
  public double cpuMillisPerCall() {
    return nodeCpu.map(cpu -> cpu.toNanos() / 1e6 / count).orElse(Double.NaN);
  }

  /** What was measured of the one against what was of the other, round by round. */
  public static List<Double> ratios(List<Double> of, List<Double> to) {
    return IntStream.range(0, of.size()).mapToObj(round -> of.get(round) / to.get(round)).toList();
  }

  /** The middle of at least one value, or the mean of the two in the middle. */
  public static double median(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    var middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** In milliseconds. */
  public static double millis(Histogram histogram, double percentile) {
    return histogram.getTotalCount() == 0
        ? Double.NaN
        : histogram.getValueAtPercentile(percentile) / 1e3;
  }

  /** Rows of phases, one for each of their latencies. */
  public static void table(String title, List<Phase> phases, ResultDraft draft) {
    var rows = draft.table(title);
    for (var phase : phases) {
      phase.latencies.forEach(
          (of, histogram) ->
              rows.next()
                  .cell("phase", phase.name)
                  .cell("to", of)
                  .cell("calls", phase.count)
                  .cell("per s, 1/s", phase.perSecond())
                  .cell("p50, ms", millis(histogram, 50))
                  .cell("p95, ms", millis(histogram, 95))
                  .cell("p99, ms", millis(histogram, 99))
                  .cell("max, ms", millis(histogram, 100))
                  .cell("node CPU, ms/call", phase.cpuMillisPerCall()));
      draft.failures(phase.name, phase.driven);
    }
  }
}
