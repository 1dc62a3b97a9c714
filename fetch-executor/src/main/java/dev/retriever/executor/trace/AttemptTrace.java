package dev.retriever.executor.trace;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;

/**
 * What an executor does about traces at one attempt. It is sent to executors of other nodes with
 * the request, and never journaled. Immutable.
 *
 * @param sent to the target, as {@code traceparent} and {@code tracestate}; empty for nothing
 * @param place of the span that tells the attempt; empty if none does
 * @param queue of the fetch, for that span
 */
public record AttemptTrace(
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<TraceContext> sent,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Place> place,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> queue) {
  /** Accepts messages that leave out what is empty. */
  public AttemptTrace {
    sent = sent == null ? Optional.empty() : sent;
    place = place == null ? Optional.empty() : place;
    queue = queue == null ? Optional.empty() : queue;
  }

  /**
   * Where a span is.
   *
   * @param own its trace and its own id
   * @param parent the id of the span above it in that trace; empty for the first of the trace
   * @param link a span in another trace that it follows from
   */
  public record Place(
      TraceContext own,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> parent,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<TraceContext> link) {
    /** Accepts messages that leave out what is empty. */
    public Place {
      parent = parent == null ? Optional.empty() : parent;
      link = link == null ? Optional.empty() : link;
    }

    /** Below that span, in its trace. */
    public static Place below(TraceContext above, String spanId) {
      return new Place(above.withSpan(spanId), Optional.of(above.spanId()), Optional.empty());
    }

    /** The first of that trace, which follows from a span of another one. */
    public static Place after(TraceContext earlier, String traceId, String spanId) {
      return new Place(earlier.inTrace(traceId, spanId), Optional.empty(), Optional.of(earlier));
    }
  }
}
