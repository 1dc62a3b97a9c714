package dev.retriever.origin.core.specs;

import dev.retriever.executor.Body;
import dev.retriever.executor.trace.TraceContext;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.StoredContinuation;
import dev.retriever.origin.labels.Labels;
import java.util.Optional;

/** How many bytes of a pending fetch are in the state of its origin, and so in each snapshot. */
public final class HeldBytes {
  private HeldBytes() {}

  /**
   * The bytes of a request, its labels and its trace, and of the context for its outcome.
   *
   * @param spec a body of more than {@link StoredBody#MOST_IN_MEMORY} does not count
   */
  public static long of(FetchSpec spec, Optional<StoredContinuation> then) {
    var request = spec.request();
    var body = request.body().map(Body::size).filter(it -> it <= StoredBody.MOST_IN_MEMORY);
    var headers =
        request.headers().stream()
            .mapToLong(header -> header.name().length() + header.value().length())
            .sum();
    return request.url().length()
        + headers
        + body.orElse(0)
        + Labels.texts(spec.labels()).stream().mapToLong(String::length).sum()
        + spec.carried().context().map(HeldBytes::of).orElse(0)
        + then.map(it -> it.context().size()).orElse(0);
  }

  private static int of(TraceContext context) {
    return context.traceparent().length() + context.tracestate().map(String::length).orElse(0);
  }
}
