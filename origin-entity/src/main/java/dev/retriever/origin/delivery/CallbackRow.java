package dev.retriever.origin.delivery;

import java.time.Instant;
import java.util.Optional;

/**
 * How one callback stands. Immutable.
 *
 * @param fetchId of the callback, or that it would have if it was dropped
 * @param endpoint its name
 * @param generation of the endpoint
 * @param state of the callback
 * @param told the id of the fetch whose outcome it tells
 * @param reason why it is dead, unless the endpoint has answered
 * @param status of the endpoint's last answer, if it is dead and there was one
 * @param at when it came to that state
 */
public record CallbackRow(
    String fetchId,
    String endpoint,
    long generation,
    State state,
    String told,
    Optional<String> reason,
    Optional<Integer> status,
    Instant at) {
  /** The states of callbacks. Their places are stored. */
  public enum State {
    /** It waits for an attempt, or for the end of one. */
    PENDING,
    /** It was not delivered, and is not tried again. */
    DEAD,
    /** It was delivered, or is made again under another id: nothing is kept of it. */
    OVER
  }
}
