package dev.retriever.cluster.outcomes;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.util.List;
import java.util.Optional;

/** The place where a subscriber wants to continue. */
final class OutcomeQuery {
  private OutcomeQuery() {}

  /**
   * The row to continue after; empty to begin with future outcomes. The header takes precedence
   * over the parameter: a browser that reconnects repeats the URL, but its header is newer.
   *
   * @param headers {@code Last-Event-ID}, the values of each line
   * @param id the same as a parameter, since browsers cannot set headers of WebSockets
   * @param from {@code start} for all kept outcomes
   */
  static Optional<EventId> after(List<String> headers, Optional<String> id, Optional<String> from) {
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
        .or(() -> from.map(start -> new EventId(0, Optional.empty())));
  }

  private static EventId id(String text) {
    return EventId.read(text.trim())
        .orElseThrow(
            () -> malformed("The last event id must be the id of an event of this origin, or 0."));
  }

  static Problem.Found beyond(EventId id, long newest) {
    return malformed(
        "No event of this origin has the id %s yet; the latest it can have is %d."
            .formatted(id, newest));
  }

  private static Problem.Found malformed(String detail) {
    return Problem.of(ProblemType.MALFORMED_REQUEST, detail).found();
  }
}
