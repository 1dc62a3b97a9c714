package dev.retriever.cluster.metrics;

import dev.retriever.executor.trace.TraceContext;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Optional;

/** Observations that lead from a bucket of a histogram to a trace. Only OpenMetrics shows them. */
final class Exemplars {
  private static final String TRACE = "trace_id";
  private static final String SPAN = "span_id";

  private Exemplars() {}

  /**
   * Observes a value.
   *
   * @param trace of what was measured; used if it is recorded, since others lead nowhere
   */
  static void observe(DistributionDataPoint histogram, double value, Optional<TraceContext> trace) {
    var recorded = trace.filter(TraceContext::recorded);
    if (recorded.isPresent()) {
      var context = recorded.get();
      histogram.observeWithExemplar(
          value, Labels.of(TRACE, context.traceId(), SPAN, context.spanId()));
    } else {
      histogram.observe(value);
    }
  }
}
