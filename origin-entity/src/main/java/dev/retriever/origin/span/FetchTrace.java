package dev.retriever.origin.span;

import dev.retriever.executor.trace.AttemptTrace.Place;
import dev.retriever.executor.trace.TraceContext;
import dev.retriever.executor.trace.TraceIds;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent.FetchSettled;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The trace of one fetch. It follows from what is journaled of the fetch, so every node and every
 * incarnation of its origin finds the same. A callback is in the trace of the fetch that it tells,
 * if it begins soon; a redriven callback is in that of its redrive.
 *
 * @param acceptance where the span of the acceptance is; what follows soon is below it
 */
public record FetchTrace(TraceIds ids, Place acceptance) {
  /** What begins later than this after the acceptance is in a trace of its own, with a link. */
  public static final Duration SOON = Duration.ofSeconds(60);

  /**
   * @param ratio of the traces that begin here and are recorded, 0 to 1
   */
  public static FetchTrace of(TraceIds ids, FetchSpec spec, double ratio) {
    var given = spec.carried().context();
    var place =
        told(ids, spec)
            .map(told -> telling(ids, told, given, ratio))
            .orElseGet(() -> submitted(ids, given, ratio));
    return new FetchTrace(ids, place);
  }

  private static Place submitted(TraceIds ids, Optional<TraceContext> given, double ratio) {
    return new Place(
        accepted(ids, given, ratio), given.map(TraceContext::spanId), Optional.empty());
  }

  private static Place telling(
      TraceIds ids, TraceIds told, Optional<TraceContext> given, double ratio) {
    var above = accepted(told, given, ratio);
    return isLate(told.acceptedAt(), ids.acceptedAt())
        ? Place.after(above, ids.trace(), ids.accepted())
        : Place.below(above, ids.accepted());
  }

  private static TraceContext accepted(TraceIds ids, Optional<TraceContext> given, double ratio) {
    return given
        .map(context -> context.withSpan(ids.accepted()))
        .orElseGet(
            () ->
                TraceContext.of(
                    ids.trace(), ids.accepted(), TraceIds.isRecorded(ids.trace(), ratio)));
  }

  /** The ids of the fetch that a callback tells, if it is in the trace of that. */
  private static Optional<TraceIds> told(TraceIds ids, FetchSpec spec) {
    return spec.delivers()
        .filter(it -> spec.redriveOf().isEmpty())
        .flatMap(it -> spec.carried().toldAcceptedAt().map(at -> ids.of(it.facts().fetchId(), at)));
  }

  private static boolean isLate(Instant acceptedAt, Instant begun) {
    return begun.isAfter(acceptedAt.plus(SOON));
  }

  /** The id of the trace of a fetch, which is what its caller is shown. */
  public static String id(TraceIds ids, FetchSpec spec) {
    return spec.carried()
        .context()
        .map(TraceContext::traceId)
        .orElseGet(() -> told(ids, spec).orElse(ids).trace());
  }

  /** The same of one that has settled. */
  public static String id(TraceIds ids, FetchSettled event) {
    return event
        .traceId()
        .orElseGet(
            () ->
                event
                    .told()
                    .flatMap(it -> it.acceptedAt().map(at -> ids.of(it.fetchId(), at)))
                    .orElse(ids)
                    .trace());
  }

  /** Whether its spans are taken. */
  public boolean isRecorded() {
    return acceptance.own().recorded();
  }

  /** Where the span of an attempt is. */
  public Place attempt(int number, Instant begun) {
    return isLate(ids.acceptedAt(), begun)
        ? Place.after(acceptance.own(), ids.laterTrace(number), ids.attempt(number))
        : Place.below(acceptance.own(), ids.attempt(number));
  }

  /**
   * Where the span of the settlement is: below the last attempt, if there was one, and soon after
   * the trace of that began.
   */
  public Place settlement(List<Attempt> attempts, Instant settled) {
    if (attempts.isEmpty()) {
      return settlement(acceptance.own(), ids.acceptedAt(), settled);
    }
    var last = attempts.get(attempts.size() - 1);
    var began = isLate(ids.acceptedAt(), last.startedAt()) ? last.startedAt() : ids.acceptedAt();
    return settlement(attempt(last.number(), last.startedAt()).own(), began, settled);
  }

  private Place settlement(TraceContext above, Instant began, Instant settled) {
    return isLate(began, settled)
        ? Place.after(acceptance.own(), ids.laterTrace(), ids.settled())
        : Place.below(above, ids.settled());
  }
}
