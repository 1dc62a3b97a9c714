package dev.retriever.origin.callback;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Optional;

/**
 * What a settled callback was about. Immutable; its components are persisted.
 *
 * @param to the endpoint
 * @param fetchId of the fetch whose outcome it told
 * @param sequence the journal row of that outcome
 * @param acceptedAt when that fetch was accepted, if the callback was in its trace
 */
public record CallbackSubject(
    CallbackChoice to,
    String fetchId,
    long sequence,
    // Left out when empty, as in journals from before it was kept.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> acceptedAt) {
  /** Reads what was left out as nothing. */
  public CallbackSubject {
    acceptedAt = acceptedAt == null ? Optional.empty() : acceptedAt;
  }

  /** That of a callback. */
  public static CallbackSubject of(Callback callback) {
    return of(callback, Optional.empty());
  }

  /** That of a callback, which may be in the trace of a fetch that was accepted at that time. */
  public static CallbackSubject of(Callback callback, Optional<Instant> acceptedAt) {
    return new CallbackSubject(
        callback.to(), callback.facts().fetchId(), callback.facts().sequence(), acceptedAt);
  }
}
