package dev.retriever.origin.core;

import dev.retriever.origin.StoredContinuation;
import java.util.Optional;

/**
 * A cause whose continuation has not run yet. It holds the outcome, answer or alarm until then.
 *
 * @param tries how often the continuation has failed
 * @param reason why it failed last
 * @param parked whether it waits for new code or an operator
 */
public record Unhandled(
    Cause cause, StoredContinuation then, int tries, String reason, boolean parked) {
  /** The prefix of reasons when no handler ran. On-disk format. */
  static final String NOT_RUN = "not run: ";

  static Unhandled of(Cause cause, StoredContinuation then) {
    return new Unhandled(cause, then, 0, "", false);
  }

  Unhandled failed(String why, boolean nowParked) {
    return new Unhandled(cause, then, tries + 1, why, nowParked);
  }

  /** Whether this code has no such continuation, or cannot read its context; other code may. */
  boolean awaitsCode() {
    return parked && reason.startsWith(NOT_RUN);
  }

  public String key() {
    return cause.key();
  }

  /** The id of its fetch; empty for an alarm. */
  public Optional<String> fetchId() {
    return cause.fold(
        outcome -> Optional.of(outcome.fetchId()),
        late -> Optional.of(late.fetchId()),
        alarm -> Optional.empty());
  }

  boolean concerns(String fetchId) {
    return fetchId().equals(Optional.of(fetchId));
  }
}
