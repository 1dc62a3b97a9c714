package dev.retriever.origin.core;

import dev.retriever.origin.StoredContinuation;
import java.util.Optional;

/**
 * What has happened, and whose continuation has not run yet. What came is kept at hand for as long.
 *
 * @param tries how often the continuation has failed
 * @param reason why it failed last
 * @param parked it is not tried again by itself
 */
public record Unhandled(
    Cause cause, StoredContinuation then, int tries, String reason, boolean parked) {
  /** How reasons begin when it was not the handler that failed. On-disk format. */
  static final String NOT_RUN = "not run: ";

  static Unhandled of(Cause cause, StoredContinuation then) {
    return new Unhandled(cause, then, 0, "", false);
  }

  Unhandled failed(String why, boolean nowParked) {
    return new Unhandled(cause, then, tries + 1, why, nowParked);
  }

  /** No code answers to its name, or reads its context: other code may. */
  boolean awaitsCode() {
    return parked && reason.startsWith(NOT_RUN);
  }

  public String key() {
    return cause.key();
  }

  /** The fetch that it is about; none when an alarm rang. */
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
