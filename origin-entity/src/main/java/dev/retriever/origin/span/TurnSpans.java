package dev.retriever.origin.span;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.span.AttemptSpan;
import dev.retriever.executor.span.SpanRecord;
import dev.retriever.executor.span.SpanRecord.Kind;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchScheduled;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.PendingFetch;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The spans that follow from one turn whose rows are durable: of acceptances, of settlements, and
 * of attempts that no executor tells of any more. Pure.
 *
 * @param before the state before the turn
 * @param durable when its rows were
 */
record TurnSpans(
    String originType, String originId, Traced traces, OriginState before, Instant durable) {
  /** The traces of the fetches of an origin. */
  interface Traced {
    FetchTrace of(String fetchId, FetchSpec spec, Instant acceptedAt);
  }

  List<SpanRecord> of(List<Object> rows) {
    var spans = new ArrayList<SpanRecord>();
    var accepted = new TreeMap<String, FetchAccepted>();
    var asked = true;
    for (var row : rows) {
      if (row instanceof FetchAccepted event) {
        accepted.put(event.fetchId(), event);
        acceptance(event, asked).ifPresent(spans::add);
      } else if (row instanceof AttemptEnded event && !event.heard()) {
        before
            .pending(event.fetchId())
            .flatMap(fetch -> lost(fetch, event.attempt(), event.report(), event.at()))
            .ifPresent(spans::add);
      } else if (row instanceof FetchSettled event) {
        spans.addAll(settlement(event, Optional.ofNullable(accepted.get(event.fetchId()))));
      }
      // What follows from an outcome or an alarm was not asked by a caller.
      asked &= row instanceof FetchAccepted || row instanceof FetchScheduled;
    }
    return spans;
  }

  private FetchTrace trace(String fetchId, FetchSpec spec, Instant acceptedAt) {
    return traces.of(fetchId, spec, acceptedAt);
  }

  private FetchTrace trace(PendingFetch fetch) {
    return trace(fetch.id(), fetch.spec(), fetch.acceptedAt());
  }

  private Optional<SpanRecord> acceptance(FetchAccepted event, boolean asked) {
    var spec = event.spec();
    var trace = trace(event.fetchId(), spec, event.at());
    if (!trace.isRecorded()) {
      return Optional.empty();
    }
    var texts = names(event.fetchId(), spec);
    spec.delivers()
        .ifPresent(
            it -> {
              texts.put("retriever.callback.endpoint", it.to().endpoint());
              texts.put("retriever.callback.tells", it.facts().fetchId());
            });
    spec.redriveOf().ifPresent(id -> texts.put("retriever.redrive.of", id));
    return Optional.of(
        new SpanRecord(
            trace.acceptance(),
            asked ? Kind.SERVER : Kind.INTERNAL,
            spec.delivers().isPresent() ? "callback" : "accept",
            event.at(),
            notBefore(event.at()),
            texts,
            Map.of(),
            List.of()));
  }

  private List<SpanRecord> settlement(FetchSettled event, Optional<FetchAccepted> accepted) {
    var spans = new ArrayList<SpanRecord>();
    before
        .pending(event.fetchId())
        .ifPresentOrElse(
            fetch -> {
              unheard(fetch, event).ifPresent(spans::add);
              settlement(event, fetch.spec(), trace(fetch)).ifPresent(spans::add);
            },
            () ->
                accepted
                    .flatMap(
                        it -> settlement(event, it.spec(), trace(it.fetchId(), it.spec(), it.at())))
                    .ifPresent(spans::add));
    return spans;
  }

  private Optional<SpanRecord> settlement(FetchSettled event, FetchSpec spec, FetchTrace trace) {
    if (!trace.isRecorded()) {
      return Optional.empty();
    }
    var outcome = event.outcome();
    var texts = names(event.fetchId(), spec);
    texts.put("retriever.outcome", outcome.type().name().toLowerCase(Locale.ROOT));
    outcome.reached().ifPresent(stage -> texts.put("retriever.stage", stage.label()));
    outcome
        .why()
        .filter(why -> outcome.type() != Outcome.Type.CANCELLED)
        .ifPresent(why -> texts.put(SpanRecord.ERROR_TYPE, why));
    var numbers = new TreeMap<String, Long>();
    numbers.put("retriever.attempts", (long) event.attempts().size());
    outcome
        .received()
        .map(Response::status)
        .ifPresent(status -> numbers.put("http.response.status_code", (long) status));
    return Optional.of(
        new SpanRecord(
            trace.settlement(event.attempts(), event.at()),
            Kind.INTERNAL,
            "settle",
            event.at(),
            notBefore(event.at()),
            texts,
            numbers,
            List.of()));
  }

  /** The attempt that was open until the settlement, if its end is assumed and not reported. */
  private Optional<SpanRecord> unheard(PendingFetch fetch, FetchSettled event) {
    return fetch
        .open()
        .flatMap(
            open ->
                event.attempts().stream()
                    .filter(it -> it.number() == open.number())
                    .filter(it -> it.reportSeen() == 0 && it.endedAt().isPresent())
                    .findFirst())
        .flatMap(it -> lost(fetch, it.number(), assumed(it), event.at()));
  }

  private static Report assumed(Attempt attempt) {
    return attempt.lost()
        ? Report.lost()
        : new Report.NotSent(Stage.QUEUED, attempt.reason().orElse(Report.EXECUTOR_LOST));
  }

  /** No executor tells of it, or only when it is too late. */
  private Optional<SpanRecord> lost(PendingFetch fetch, int number, Report report, Instant ended) {
    var trace = trace(fetch);
    return fetch
        .open()
        .filter(open -> open.number() == number && trace.isRecorded())
        .map(
            open ->
                new AttemptSpan(
                        trace.attempt(number, open.startedAt()),
                        new AttemptKey(originType, originId, fetch.id(), number),
                        open.url().map(TurnSpans::endpoint).orElseGet(fetch::request),
                        open.startedAt(),
                        fetch.spec().queue().map(QueueChoice::name))
                    .of(report, ended));
  }

  /** Where a callback went, without the path: it may be what keeps others from that place. */
  private static FetchRequest endpoint(String url) {
    return FetchRequest.post(URI.create(url).resolve("/").toString());
  }

  private Map<String, String> names(String fetchId, FetchSpec spec) {
    var texts = new TreeMap<>(SpanRecord.names(new AttemptKey(originType, originId, fetchId, 1)));
    spec.queue().ifPresent(queue -> texts.put("retriever.queue", queue.name()));
    return texts;
  }

  private Instant notBefore(Instant start) {
    return durable.isBefore(start) ? start : durable;
  }
}
