package dev.retriever.origin.queue.wire;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.Optional;

/**
 * The fetches of one origin that wait in one queue under the same key and priority, as of a journal
 * row. Retries that wait to be due are among them.
 *
 * @param priority 1, the highest, to 5
 * @param waiting how many wait; 0 when none does any more, and then the rest means nothing
 * @param ready how many of them may start, at the time of the row
 * @param oldest when the oldest of them was accepted, kept through retries and redirects
 * @param readyAt when the earliest of them may start; at most the time of the row if some are ready
 * @param laterAt when the next one beside those that are ready may start
 * @param deadline the earliest deadline of them
 */
public record Line(
    String key,
    int priority,
    int waiting,
    int ready,
    Instant oldest,
    Instant readyAt,
    Optional<Instant> laterAt,
    Instant deadline) {
  /** No fetch waits there any more. */
  public static Line empty(String key, int priority) {
    return new Line(
        key, priority, 0, 0, Instant.EPOCH, Instant.EPOCH, Optional.empty(), Instant.EPOCH);
  }

  /** Whether no fetch waits there any more. */
  @JsonIgnore
  public boolean isEmpty() {
    return waiting == 0;
  }
}
