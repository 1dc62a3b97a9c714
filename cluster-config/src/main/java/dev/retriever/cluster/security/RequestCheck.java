package dev.retriever.cluster.security;

import dev.retriever.cluster.http.Problem;
import java.util.Optional;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/** A check of requests that needs no credential, such as of their host. Thread-safe. */
public interface RequestCheck {
  /** Why the request is refused; empty if it may pass. */
  Optional<Problem> refusal(HttpRequest request);
}
