package dev.retriever.cluster.security.requests;

import org.apache.pekko.http.javadsl.model.Uri;

/** What the Java API of Pekko HTTP does not tell about URIs. */
final class Uris {
  private Uris() {}

  /**
   * The port as it is written; 0 if it is not. The Java API would guess it by the scheme, which is
   * not always that of the connection.
   */
  static int port(Uri uri) {
    return uri.asScala().authority().port();
  }
}
