package dev.retriever.origin.core.lines;

import java.time.Instant;

/**
 * A fetch that waits for its next attempt. Immutable.
 *
 * @param order its place among the fetches of its origin: that of its acceptance, kept through
 *     retries and redirects
 * @param acceptedAt when its wait begins: at its acceptance or, if it was scheduled, when it might
 *     begin at the earliest
 * @param readyAt when the attempt may begin; not after the deadline
 */
public record InLine(long order, Instant acceptedAt, Instant readyAt, Instant deadline) {
  boolean mayBegin(Instant now) {
    return !readyAt.isAfter(now) && now.isBefore(deadline);
  }
}
