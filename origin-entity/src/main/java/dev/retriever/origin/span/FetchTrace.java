package dev.retriever.origin.span;

import dev.retriever.executor.trace.AttemptTrace.Place;
import dev.retriever.executor.trace.TraceContext;
import dev.retriever.executor.trace.TraceIds;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.callback.Callback;
import dev.retriever.origin.callback.CallbackSubject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The trace of one fetch. It follows from what is journaled of the fetch, so every node and every
 * incarnation of its origin finds the same. A callback is in the trace of the fetch that it tells.
 *
 * @param acceptance where the span of the acceptance is; what follows soon is below it
 * @param at when the fetch was accepted
 */
public record FetchTrace(TraceIds ids, Place acceptance, Instant at) {
  /** What begins later than this after the acceptance is in a trace of its own, with a link. */
  public static final Duration SOON = Duration.ofSeconds(60);

  /**
   * @param originId as it is journaled
   * @param ratio of the traces that begin here and are recorded, 0 to 1
   */
  public static FetchTrace of(
      String originId, String fetchId, FetchSpec spec, Instant acceptedAt, double ratio) {
    var ids = new TraceIds(originId, fetchId);
    var told = spec.delivers().map(it -> told(originId, it));
    var given = spec.carried().context();
    var parent = told.map(TraceIds::accepted).or(() -> given.map(TraceContext::spanId));
    var own =
        given
            .map(context -> context.withSpan(ids.accepted()))
            .orElseGet(() -> begun(told.orElse(ids).trace(), ids.accepted(), ratio));
    return new FetchTrace(ids, new Place(own, parent, Optional.empty()), acceptedAt);
  }

  private static TraceIds told(String originId, Callback callback) {
    return new TraceIds(originId, callback.facts().fetchId());
  }

  private static TraceContext begun(String traceId, String spanId, double ratio) {
    return TraceContext.of(traceId, spanId, TraceIds.isRecorded(traceId, ratio));
  }

  /** The id of the trace of a fetch, which is what its caller is shown. */
  public static String id(String originId, String fetchId, FetchSpec spec) {
    return spec.carried()
        .context()
        .map(TraceContext::traceId)
        .orElseGet(
            () ->
                spec.delivers()
                    .map(it -> told(originId, it))
                    .orElseGet(() -> new TraceIds(originId, fetchId))
                    .trace());
  }

  /** The same of one that has settled. */
  public static String id(String originId, FetchSettled event) {
    return event
        .traceId()
        .orElseGet(
            () ->
                new TraceIds(
                        originId,
                        event.told().map(CallbackSubject::fetchId).orElse(event.fetchId()))
                    .trace());
  }

  /** Whether its spans are taken. */
  public boolean isRecorded() {
    return acceptance.own().recorded();
  }

  /** Where the span of an attempt is. */
  public Place attempt(int number, Instant begun) {
    return begun.isAfter(at.plus(SOON))
        ? Place.after(acceptance.own(), ids.laterTrace(number), ids.attempt(number))
        : Place.below(acceptance.own(), ids.attempt(number));
  }

  /** Where the span of the settlement is: below the last attempt, if there was one. */
  public Place settlement(List<Attempt> attempts, Instant settled) {
    if (!attempts.isEmpty()) {
      var last = attempts.get(attempts.size() - 1);
      return Place.below(attempt(last.number(), last.startedAt()).own(), ids.settled());
    }
    return settled.isAfter(at.plus(SOON))
        ? Place.after(acceptance.own(), ids.laterTrace(), ids.settled())
        : Place.below(acceptance.own(), ids.settled());
  }
}
