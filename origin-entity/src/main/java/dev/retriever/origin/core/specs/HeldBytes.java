package dev.retriever.origin.core.specs;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.StoredContinuation;
import java.util.Optional;

/** How many bytes of a pending fetch are in the state of its origin, and so in each snapshot. */
public final class HeldBytes {
  private HeldBytes() {}

  /**
   * The bytes of a request, and of the context for its outcome.
   *
   * @param request a body of more than {@link StoredBody#MOST_IN_MEMORY} does not count
   */
  public static long of(FetchRequest request, Optional<StoredContinuation> then) {
    var body = request.body().map(Body::size).filter(it -> it <= StoredBody.MOST_IN_MEMORY);
    var headers =
        request.headers().stream()
            .mapToLong(header -> header.name().length() + header.value().length())
            .sum();
    return request.url().length()
        + headers
        + body.orElse(0)
        + then.map(it -> it.context().size()).orElse(0);
  }
}
