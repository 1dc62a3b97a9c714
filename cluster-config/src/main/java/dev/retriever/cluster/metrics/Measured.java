package dev.retriever.cluster.metrics;

import io.prometheus.metrics.core.metrics.Histogram;

/** How often something was measured since the node started, and how long it took in all. */
public record Measured(long count, double seconds) {
  static Measured of(Histogram histogram) {
    var count = 0L;
    var seconds = 0.0;
    for (var point : histogram.collect().getDataPoints()) {
      count += point.getCount();
      seconds += point.hasSum() ? point.getSum() : 0;
    }
    return new Measured(count, seconds);
  }
}
