package dev.retriever.executor.span;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Authority;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.trace.AttemptTrace.Place;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The span of one attempt, by the HTTP conventions of OpenTelemetry. Pure: the facts give the span,
 * whether an executor tells them or the origin that lost one.
 *
 * @param begun when the attempt began
 * @param queue of its fetch
 */
public record AttemptSpan(
    Place place, AttemptKey key, FetchRequest request, Instant begun, Optional<String> queue) {
  private static final int FIRST_ERROR = 400;

  /** The most characters of a URL in a span. */
  private static final int MOST_URL = 512;

  /**
   * The span, now that the attempt is over.
   *
   * @param ended when the report was made; the stages of the report say it better, if it has any
   */
  public SpanRecord of(Report report, Instant ended) {
    var events = stages(report);
    var end = events.isEmpty() ? ended : events.get(events.size() - 1).at();
    var texts = new TreeMap<>(SpanRecord.names(key));
    texts.putAll(target());
    queue.ifPresent(name -> texts.put("retriever.queue", name));
    texts.put(
        "retriever.outcome",
        report.fold(answered -> "answered", notSent -> "not-sent", ambiguous -> "ambiguous"));
    stage(report).ifPresent(stage -> texts.put("retriever.stage", stage.label()));
    error(report).ifPresent(error -> texts.put(SpanRecord.ERROR_TYPE, error));
    return new SpanRecord(
        place,
        SpanRecord.Kind.CLIENT,
        request.method(),
        begun,
        end.isBefore(begun) ? begun : end,
        texts,
        numbers(report),
        events);
  }

  private Map<String, String> target() {
    var uri = URI.create(request.url());
    // The path of an endpoint that is told outcomes may be what keeps others from it.
    var shown = request.signing().isPresent() ? "/" : path(uri);
    var url = uri.getScheme() + "://" + uri.getRawAuthority() + shown;
    return Map.of(
        "http.request.method",
        request.method(),
        "server.address",
        Authority.in(uri).host(),
        "url.full",
        url.substring(0, Math.min(url.length(), MOST_URL)));
  }

  private static String path(URI uri) {
    return uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?REDACTED");
  }

  private Map<String, Long> numbers(Report report) {
    var numbers = new TreeMap<String, Long>();
    numbers.put("server.port", (long) Authority.portOf(URI.create(request.url())));
    numbers.put("retriever.attempt", (long) key.attempt());
    if (key.attempt() > 1) {
      numbers.put("http.request.resend_count", key.attempt() - 1L);
    }
    response(report)
        .ifPresent(response -> numbers.put("http.response.status_code", (long) response.status()));
    return numbers;
  }

  private List<SpanRecord.Event> stages(Report report) {
    var events = new ArrayList<SpanRecord.Event>();
    for (var stage : Stage.values()) {
      report
          .timeline()
          .micros(stage)
          .ifPresent(
              micros ->
                  events.add(
                      new SpanRecord.Event(stage.label(), begun.plus(micros, ChronoUnit.MICROS))));
    }
    return events;
  }

  private static Optional<Stage> stage(Report report) {
    return report.fold(
        answered -> Optional.of(Stage.COMPLETE),
        notSent -> Optional.of(notSent.stage()),
        Report.Ambiguous::stage);
  }

  private static Optional<Response> response(Report report) {
    return report.fold(
        answered -> Optional.of(answered.response()),
        notSent -> Optional.empty(),
        Report.Ambiguous::partial);
  }

  private static Optional<String> error(Report report) {
    Function<Report.Answered, Optional<String>> ofStatus =
        answered ->
            Optional.of(answered.response().status())
                .filter(status -> status >= FIRST_ERROR)
                .map(status -> Integer.toString(status));
    return report.fold(
        ofStatus,
        notSent -> Optional.of(notSent.reason()),
        ambiguous -> Optional.of(ambiguous.reason()));
  }
}
