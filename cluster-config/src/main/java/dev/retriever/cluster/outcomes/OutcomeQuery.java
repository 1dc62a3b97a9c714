package dev.retriever.cluster.outcomes;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.util.List;
import java.util.Optional;

/** Where a subscriber wants to go on. */
final class OutcomeQuery {
  private OutcomeQuery() {}

  /**
   * The place behind which to go on; empty to begin with what is to come. The header counts before
   * the parameter: a browser that connects again repeats the URL, and knows better.
   *
   * @param headers {@code Last-Event-ID}, the values of each line
   * @param id the same as a parameter, since browsers cannot set headers of WebSockets
   * @param from {@code start} for all that is kept
   */
  static Optional<Long> after(List<String> headers, Optional<String> id, Optional<String> from) {
    if (headers.size() > 1) {
      throw malformed("Last-Event-ID must be given once.");
    }
    if (from.filter(it -> !it.equals("start")).isPresent()) {
      throw malformed("from must be start, or be left out to begin with what is to come.");
    }
    return headers.stream()
        .findFirst()
        .filter(header -> !header.isBlank())
        .or(() -> id)
        .map(OutcomeQuery::id)
        .or(() -> from.map(start -> 0L));
  }

  private static long id(String text) {
    if (!text.trim().matches("\\d{1,18}")) {
      throw malformed("The last event id must be the id of an event of this origin, or 0.");
    }
    return Long.parseLong(text.trim());
  }

  static Problem.Found beyond(long id, long newest) {
    return malformed(
        "No event of this origin has the id %d yet; the latest it can have is %d."
            .formatted(id, newest));
  }

  private static Problem.Found malformed(String detail) {
    return Problem.of(ProblemType.MALFORMED_REQUEST, detail).found();
  }
}
