package dev.retriever.cluster.admin;

import dev.retriever.cluster.http.PageLimit;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.keys.ApiKey;
import java.util.Optional;

/**
 * The page of the list of keys that a request asks for.
 *
 * @param after the id that it begins after; may be empty
 */
record KeyPage(int limit, String after) {

  static KeyPage of(Optional<String> limit, Optional<String> cursor) {
    if (cursor.filter(it -> !ApiKey.isId(it)).isPresent()) {
      throw malformed("cursor must be a nextCursor of this list; leave it out to begin again.");
    }
    return new KeyPage(PageLimit.of(limit), cursor.orElse(""));
  }

  private static Problem.Found malformed(String detail) {
    return Problem.of(ProblemType.MALFORMED_REQUEST, detail).found();
  }
}
