package dev.retriever.cluster.security;

import org.apache.pekko.http.javadsl.model.AttributeKey;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/** The credential of a request that has passed the door. */
public final class Callers {
  private static final AttributeKey<Credential> KEY =
      AttributeKey.create("retriever-credential", Credential.class);

  private Callers() {}

  static HttpRequest with(HttpRequest request, Credential credential) {
    return request.addAttribute(KEY, credential);
  }

  /**
   * @throws IllegalStateException if the request has passed no door; it is answered 500 then, so
   *     that a mistake in the wiring opens nothing
   */
  public static Credential of(HttpRequest request) {
    return request
        .getAttribute(KEY)
        .orElseThrow(
            () -> new IllegalStateException("a request reached a route without passing the door"));
  }
}
