package dev.retriever.loadtest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * One measured part of a scenario.
 *
 * @param latencies by what they are of, in microseconds
 * @param nodeCpu what the node used meanwhile, where it took part and the system tells it
 */
record Phase(
    String name,
    int count,
    Drive.Driven driven,
    Map<String, Histogram> latencies,
    Optional<Duration> nodeCpu) {
  private static final int DIGITS = 3;

  static Histogram histogram() {
    return new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(10), DIGITS);
  }

  /** Records the time since a {@link System#nanoTime} reading. */
  static void record(Histogram histogram, long fromNanos) {
    var micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - fromNanos);
    histogram.recordValue(Math.min(micros, histogram.getHighestTrackableValue()));
  }

  double perSecond() {
    return (driven.ended() - driven.failed()) / (driven.elapsed().toNanos() / 1e9);
  }

  Optional<Double> nodeCpuSecondsPerThousand() {
    return nodeCpu.map(cpu -> cpu.toNanos() / 1e9 / count * 1_000);
  }

  /** In milliseconds: p50, p95, p99, max. */
  static Map<String, Double> percentiles(Histogram histogram) {
    var percentiles = new LinkedHashMap<String, Double>();
    percentiles.put("p50", histogram.getValueAtPercentile(50) / 1e3);
    percentiles.put("p95", histogram.getValueAtPercentile(95) / 1e3);
    percentiles.put("p99", histogram.getValueAtPercentile(99) / 1e3);
    percentiles.put("max", histogram.getMaxValue() / 1e3);
    return percentiles;
  }

  void json(ObjectNode into) {
    into.put("name", name).put("count", count).put("failed", driven.failed());
    into.put("seconds", driven.elapsed().toNanos() / 1e9).put("perSecond", perSecond());
    var millis = into.putObject("latencyMs");
    latencies.forEach(
        (of, histogram) -> {
          var each = millis.putObject(of);
          percentiles(histogram).forEach(each::put);
        });
    nodeCpuSecondsPerThousand().ifPresent(cpu -> into.put("nodeCpuSecondsPer1000", cpu));
  }
}
