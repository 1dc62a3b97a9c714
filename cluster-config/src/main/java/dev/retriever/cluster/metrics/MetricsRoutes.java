package dev.retriever.cluster.metrics;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.origin.queue.QueueMeasure;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/** The page that Prometheus reads: {@code GET /metrics}, in its text format or as OpenMetrics. */
public final class MetricsRoutes extends AllDirectives {
  private static final String OPEN_METRICS = "application/openmetrics-text";

  private final Optional<NodeMetrics> metrics;
  private final Supplier<CompletionStage<List<QueueMeasure>>> queues;
  private final Clock clock;
  private final ExpositionFormatWriter text = PrometheusTextFormatWriter.create();
  private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();

  /**
   * @param metrics empty if they are off
   * @param queues measures the queues on this node, in a bounded time; never fails
   */
  public MetricsRoutes(
      Optional<NodeMetrics> metrics,
      Supplier<CompletionStage<List<QueueMeasure>>> queues,
      Clock clock) {
    this.clock = clock;
    this.metrics = metrics;
    this.queues = queues;
  }

  /** The caller seals this route. */
  public Route routes() {
    return path("metrics", () -> get(() -> extractRequest(this::page)));
  }

  private Route page(HttpRequest request) {
    if (metrics.isEmpty()) {
      return complete(
          Problem.of(
                  ProblemType.NOT_FOUND,
                  "Metrics are off on this node. Set retriever.node.metrics.enabled (RETRIEVER_METRICS)"
                      + " to on, and start it again.")
              .toResponse());
    }
    return completeWithFuture(
        queues
            .get()
            .thenApply(
                measured -> response(request, metrics.get().scrape(measured, clock.instant()))));
  }

  private HttpResponse response(HttpRequest request, MetricSnapshots snapshots) {
    var wanted = request.getHeader("Accept").map(HttpHeader::value).orElse("");
    var writer = wanted.contains(OPEN_METRICS) ? openMetrics : text;
    var bytes = new ByteArrayOutputStream();
    try {
      writer.write(bytes, snapshots);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HttpResponse.create()
        .withEntity(
            HttpEntities.create(ContentTypes.parse(writer.getContentType()), bytes.toByteArray()));
  }
}
