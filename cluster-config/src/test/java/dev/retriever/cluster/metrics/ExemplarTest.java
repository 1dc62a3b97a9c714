package dev.retriever.cluster.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.trace.AttemptTrace;
import dev.retriever.executor.trace.AttemptTrace.Place;
import dev.retriever.executor.trace.TraceContext;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** From a measured exchange to its span. */
class ExemplarTest {
  private static final TraceContext SPAN = TraceContext.of("1".repeat(32), "2".repeat(16), true);

  private static String measured(Optional<AttemptTrace> trace) throws IOException {
    var registry = new PrometheusRegistry();
    new AttemptMetrics(new Instruments(registry), () -> 0)
        .ended(
            FetchRequest.get("http://target.example/").traced(trace),
            new Report.NotSent(Stage.CONNECTING, "connection-refused"),
            1_000_000);
    var page = new ByteArrayOutputStream();
    OpenMetricsTextFormatWriter.create().write(page, registry.scrape());
    return page.toString(StandardCharsets.UTF_8);
  }

  @Test
  void a_recorded_attempt_has_one() throws IOException {
    var place = new Place(SPAN, Optional.empty(), Optional.empty());

    assertThat(
            measured(
                Optional.of(
                    new AttemptTrace(Optional.of(SPAN), Optional.of(place), Optional.empty()))))
        .contains("span_id=\"" + SPAN.spanId() + "\",trace_id=\"" + SPAN.traceId() + "\"");
  }

  @Test
  void an_attempt_in_no_trace_has_none() throws IOException {
    assertThat(measured(Optional.empty())).doesNotContain("trace_id");
  }
}
