package dev.retriever.cluster.metrics;

import dev.retriever.executor.trace.TraceContext;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Complete;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.server.RouteResult;

/** Measures the requests that a node answers. Thread-safe. */
public final class RequestMetrics extends AllDirectives {
  private static final double[] SECONDS = {0.01, 0.1, 1, 10};
  private static final int SCHEME = 2;
  private static final int STATUS = 3;

  /** A caller without a credential can have these answers, for each path and method. */
  private static final Set<String> REFUSALS = Set.of("400", "401", "403", "404", "405", "429");

  private static final String TRACEPARENT = "traceparent";

  private final LongSupplier nanos;
  private final Histogram requests;
  private final Counter denials;
  private final LabelBudget reasons = LabelBudget.of(SeriesBounds.DENIALS);
  private final LabelBudget sets =
      new LabelBudget(
          SeriesBounds.SERVER_SETS,
          SeriesBounds.OTHER_SERVER_SETS,
          set -> List.of(set.get(0), LabelBudget.OTHER, set.get(SCHEME), set.get(STATUS)),
          RequestMetrics::coarsest);

  /** Has its own places, so that refused requests take none of those that were served. */
  private final LabelBudget refused =
      new LabelBudget(
          SeriesBounds.REFUSED_SETS, 0, RequestMetrics::coarsest, RequestMetrics::coarsest);

  /** Keeps the class of the status, so that a failure does not look like a success. */
  private static List<String> coarsest(List<String> set) {
    var status = set.get(STATUS);
    return List.of(
        LabelBudget.OTHER,
        LabelBudget.OTHER,
        LabelBudget.OTHER,
        status.matches("[1-5]..") ? status.charAt(0) + "xx" : LabelBudget.OTHER);
  }

  RequestMetrics(Instruments instruments, LongSupplier nanos) {
    this.nanos = nanos;
    requests =
        instruments.histogram(
            "http_server_request_duration_seconds",
            "Time from a request to the head of its answer.",
            SECONDS,
            "http_request_method",
            "http_route",
            "url_scheme",
            "http_response_status_code");
    denials =
        instruments.counter(
            "retriever_auth_failures_total",
            "Requests that were refused before or by their route, by reason.",
            "reason");
    denials.initLabelValues("no-credential");
  }

  /** Counts a request that was refused, for a reason from a fixed set. */
  public void denied(String reason) {
    denials.labelValues(reasons.labels(reason)).inc();
  }

  /**
   * Those routes, with each request measured.
   *
   * @param template the path of the route of a request, with its parameters in braces; empty for a
   *     request without a route
   * @param secure whether the port has TLS
   */
  public Route around(Function<HttpRequest, String> template, boolean secure, Route routes) {
    return extractRequest(
        request -> {
          var began = nanos.getAsLong();
          return mapRouteResult(
              result -> {
                var status = status(result);
                var took = nanos.getAsLong() - began;
                answered(
                    request.method().value(),
                    template.apply(request),
                    secure,
                    status,
                    took,
                    trace(request));
                return result;
              },
              () -> routes);
        });
  }

  private static String status(RouteResult result) {
    return result instanceof Complete complete
        ? Integer.toString(complete.getResponse().status().intValue())
        : "";
  }

  private static Optional<TraceContext> trace(HttpRequest request) {
    var given = request.getHeader(TRACEPARENT).map(HttpHeader::value).stream().toList();
    return TraceContext.of(given, List.of());
  }

  void answered(
      String method,
      String route,
      boolean secure,
      String status,
      long took,
      Optional<TraceContext> trace) {
    var word = AttemptMetrics.method(method);
    var scheme = secure ? "https" : "http";
    var labels =
        REFUSALS.contains(status)
            ? refused.labels(word, "", scheme, status)
            : sets.labels(word, route, scheme, status);
    Exemplars.observe(
        requests.labelValues(labels), took / (double) TimeUnit.SECONDS.toNanos(1), trace);
  }
}
