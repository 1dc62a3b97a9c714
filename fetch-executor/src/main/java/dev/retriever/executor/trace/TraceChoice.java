package dev.retriever.executor.trace;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;

/**
 * What a fetch carries of traces. It is journaled with the fetch, and does not tell one fetch from
 * another: a repeated submission comes in another trace. Immutable.
 *
 * @param context of the submission; empty if it had none, and then the trace is the fetch's own
 * @param toTarget whether its attempts send a {@code traceparent}
 */
public record TraceChoice(
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<TraceContext> context, boolean toTarget) {
  /** A trace of its own, which the target is told. */
  public static final TraceChoice OWN = new TraceChoice(Optional.empty(), true);

  public TraceChoice {
    context = context == null ? Optional.empty() : context;
  }

  /** In that trace. */
  public TraceChoice in(TraceContext given) {
    return new TraceChoice(Optional.of(given), toTarget);
  }

  /** In a trace of its own. */
  public TraceChoice alone() {
    return new TraceChoice(Optional.empty(), toTarget);
  }

  /** Without a {@code traceparent} for the target. */
  public TraceChoice notToTarget() {
    return new TraceChoice(context, false);
  }
}
