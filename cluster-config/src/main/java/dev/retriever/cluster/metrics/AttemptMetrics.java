package dev.retriever.cluster.metrics;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Target;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.Transport;
import dev.retriever.executor.trace.AttemptTrace.Place;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Measures the HTTP exchanges of attempts: how many ended at which stage, and how long they took by
 * target and result. Thread-safe.
 */
public final class AttemptMetrics {
  private static final double[] SECONDS = {0.01, 0.05, 0.25, 1, 5, 30};

  /** The methods that OpenTelemetry names; it has one word for all others. */
  private static final Set<String> METHODS =
      Set.of("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE");

  private static final String OTHER_METHOD = "_OTHER";
  private static final int STATUS = 3;
  private static final int ERROR = 4;

  private final LongSupplier nanos;
  private final Counter attempts;
  private final Histogram requests;
  private final LabelBudget hosts = LabelBudget.of(SeriesBounds.HOSTS);
  private final LabelBudget sets =
      new LabelBudget(
          SeriesBounds.CLIENT_SETS,
          SeriesBounds.OTHER_CLIENT_SETS,
          set -> ofHost(set.get(0), LabelBudget.OTHER, set.get(STATUS), set.get(ERROR)),
          // What has succeeded must not look like an error.
          set ->
              ofHost(
                  LabelBudget.OTHER,
                  LabelBudget.OTHER,
                  LabelBudget.OTHER,
                  set.get(ERROR).isEmpty() ? "" : LabelBudget.OTHER));

  private static List<String> ofHost(String method, String host, String status, String error) {
    return List.of(method, host, host, status, error);
  }

  AttemptMetrics(Instruments instruments, LongSupplier nanos) {
    this.nanos = nanos;
    this.attempts =
        instruments.counter(
            "retriever_attempts_total",
            "Attempts whose executor on this node has reported, by result and stage reached.",
            "result",
            "stage");
    attempts.initLabelValues("answered", Stage.COMPLETE.label());
    this.requests =
        instruments.histogram(
            "http_client_request_duration_seconds",
            "Time of one HTTP exchange with a target, from its start to its report.",
            SECONDS,
            "http_request_method",
            "server_address",
            "server_port",
            "http_response_status_code",
            "error_type");
  }

  static String method(String method) {
    return METHODS.contains(method) ? method : OTHER_METHOD;
  }

  /** The same transport, with each exchange measured. */
  public Transport around(Transport transport) {
    return new Measured(transport);
  }

  void ended(FetchRequest request, Report report, long took) {
    var target = Target.of(request.url());
    var result = result(report);
    var host = host(target.host(), Integer.toString(target.port()), !result.status().isEmpty());
    attempts.labelValues(result.kind(), result.stage()).inc();
    var labels =
        sets.labels(method(request.method()), host[0], host[1], result.status(), result.error());
    var trace = request.trace().flatMap(it -> it.place().map(Place::own).or(it::sent));
    Exemplars.observe(
        requests.labelValues(labels), took / (double) TimeUnit.SECONDS.toNanos(1), trace);
  }

  /** A name that has never answered may be one of many that a caller has made up. */
  private String[] host(String host, String port, boolean hasAnswered) {
    return hasAnswered || hosts.has(host, port)
        ? hosts.labels(host, port)
        : new String[] {LabelBudget.OTHER, LabelBudget.OTHER};
  }

  private record Result(String kind, String stage, String status, String error) {}

  private static Result result(Report report) {
    return report.fold(
        answered -> {
          var status = answered.response().status();
          var text = Integer.toString(status);
          return new Result("answered", Stage.COMPLETE.label(), text, status >= 400 ? text : "");
        },
        notSent -> new Result("not-sent", notSent.stage().label(), "", notSent.reason()),
        ambiguous ->
            new Result(
                "ambiguous",
                ambiguous.stage().map(Stage::label).orElse("unknown"),
                ambiguous.partial().map(it -> Integer.toString(it.status())).orElse(""),
                ambiguous.reason()));
  }

  private final class Measured implements Transport {
    private final Transport transport;

    private Measured(Transport transport) {
      this.transport = transport;
    }

    @Override
    public Exchange start(
        AttemptKey key, FetchRequest request, TimeLimit limit, Consumer<Report> done) {
      var began = nanos.getAsLong();
      return transport.start(
          key,
          request,
          limit,
          report -> {
            ended(request, report, nanos.getAsLong() - began);
            done.accept(report);
          });
    }

    @Override
    public Transport inPool(String pool) {
      return around(transport.inPool(pool));
    }

    @Override
    public void close() {
      transport.close();
    }
  }
}
