package dev.retriever.cluster.api;

import dev.retriever.cluster.http.PageLimit;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The page of a list that a request asks for.
 *
 * @param settled true for settled fetches, false for pending ones, empty for both
 * @param after the place in the order of acceptance that it begins after
 */
record ListQuery(Optional<Boolean> settled, int limit, long after) {

  private static final Pattern CURSOR = Pattern.compile("v1:([a-z]*):(\\d{1,18})");

  static ListQuery of(Optional<String> state, Optional<String> limit, Optional<String> cursor) {
    var settled =
        state.map(
            text ->
                switch (text) {
                  case "settled" -> true;
                  case "pending" -> false;
                  default -> throw malformed("state must be pending or settled.");
                });
    return new ListQuery(
        settled, PageLimit.of(limit), cursor.map(text -> after(text, settled)).orElse(0L));
  }

  private static long after(String cursor, Optional<Boolean> settled) {
    try {
      var text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
      var match = CURSOR.matcher(text);
      if (match.matches() && match.group(1).equals(name(settled))) {
        return Long.parseLong(match.group(2));
      }
    } catch (IllegalArgumentException e) {
      // Not base64: said below.
    }
    throw malformed("cursor must be a nextCursor of the same list; leave it out to begin again.");
  }

  String cursorAfter(long order) {
    var text = "v1:" + name(settled) + ":" + order;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String name(Optional<Boolean> settled) {
    return settled.map(yes -> yes ? "settled" : "pending").orElse("all");
  }

  private static Problem.Found malformed(String detail) {
    return Problem.of(ProblemType.MALFORMED_REQUEST, detail).found();
  }
}
