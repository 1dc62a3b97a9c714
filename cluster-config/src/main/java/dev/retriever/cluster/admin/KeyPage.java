package dev.retriever.cluster.admin;

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
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 500;
  private static final int DIGITS = 3;

  static KeyPage of(Optional<String> limit, Optional<String> cursor) {
    if (cursor.filter(it -> !ApiKey.isId(it)).isPresent()) {
      throw malformed("cursor must be a nextCursor of this list; leave it out to begin again.");
    }
    return new KeyPage(limit.map(KeyPage::limit).orElse(DEFAULT_LIMIT), cursor.orElse(""));
  }

  private static int limit(String text) {
    if (!text.matches("[1-9]\\d*")) {
      throw malformed("limit must be a whole number; more than " + MAX_LIMIT + " is cut to that.");
    }
    return text.length() > DIGITS ? MAX_LIMIT : Math.min(Integer.parseInt(text), MAX_LIMIT);
  }

  private static Problem.Found malformed(String detail) {
    return Problem.of(ProblemType.MALFORMED_REQUEST, detail).found();
  }
}
