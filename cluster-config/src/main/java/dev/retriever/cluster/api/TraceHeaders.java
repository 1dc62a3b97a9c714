package dev.retriever.cluster.api;

import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.RequestHeaders;
import dev.retriever.executor.trace.TraceChoice;
import dev.retriever.executor.trace.TraceContext;
import dev.retriever.origin.FetchSpec;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * The trace that a request is in, by its {@code traceparent} and {@code tracestate}. Its fetches
 * are accepted in that trace. Headers that cannot be understood are ignored, as the standard says.
 */
record TraceHeaders(Optional<TraceContext> context) {
  private static final String MEMBER = "sendTraceparent";

  /** Those of the request. */
  static TraceHeaders of(HttpRequest request) {
    return new TraceHeaders(
        TraceContext.of(
            RequestHeaders.named(request, "traceparent"),
            RequestHeaders.named(request, "tracestate")));
  }

  /** The spec, in that trace. */
  FetchSpec on(FetchSpec spec) {
    return context.map(it -> spec.trace(spec.carried().in(it))).orElse(spec);
  }

  /**
   * Whether the target of a fetch is told its trace; it is, if the fetch does not say no.
   *
   * @throws Problem.Found if that is neither true nor false
   */
  static Optional<TraceChoice> choice(JsonFields fields) {
    return fields.flag(MEMBER).map(told -> told ? TraceChoice.OWN : TraceChoice.OWN.notToTarget());
  }
}
