package dev.retriever.executor.trace;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Optional;

/**
 * What a fetch carries of traces. It is journaled with the fetch, and does not tell one fetch from
 * another: a repeated submission comes in another trace. Immutable.
 *
 * @param context of the submission; empty if it had none, and then the trace is the fetch's own
 * @param toTarget whether its attempts send a {@code traceparent}
 * @param toldAcceptedAt for a callback in the trace of the fetch that it tells: when that fetch was
 *     accepted. A redrive of the callback is in another trace, and has none
 */
public record TraceChoice(
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<TraceContext> context,
    boolean toTarget,
    // Left out when empty, as in journals from before it was kept.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> toldAcceptedAt) {
  /** A trace of its own, which the target is told. */
  public static final TraceChoice OWN = new TraceChoice(Optional.empty(), true, Optional.empty());

  /** Reads what was left out as nothing. */
  public TraceChoice {
    context = context == null ? Optional.empty() : context;
    toldAcceptedAt = toldAcceptedAt == null ? Optional.empty() : toldAcceptedAt;
  }

  /** In that trace. */
  public TraceChoice in(TraceContext given) {
    return new TraceChoice(Optional.of(given), toTarget, Optional.empty());
  }

  /** In a trace of its own. */
  public TraceChoice alone() {
    return new TraceChoice(Optional.empty(), toTarget, Optional.empty());
  }

  /** Without a {@code traceparent} for the target. */
  public TraceChoice notToTarget() {
    return new TraceChoice(context, false, toldAcceptedAt);
  }

  /** Of a callback, in the trace of the fetch that carries this and was accepted at that time. */
  public TraceChoice tellingOf(Instant acceptedAt) {
    return new TraceChoice(context, toTarget, Optional.of(acceptedAt));
  }
}
