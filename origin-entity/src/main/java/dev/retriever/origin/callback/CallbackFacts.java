package dev.retriever.origin.callback;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Optional;

/**
 * What a callback says of an outcome, journaled with the callback itself: the row of the outcome
 * may be purged before the callback is delivered. Immutable; its components are persisted.
 *
 * @param fetchId of the fetch that settled
 * @param outcome its type, such as {@code answered}
 * @param stage that it had reached, if that is known
 * @param reason why it was not answered
 * @param status of its answer
 * @param size of the body of its answer, in bytes; 0 without one
 * @param attempts how many were made
 * @param at when it settled
 * @param sequence the journal row of its settlement: the outcomes of one life of an origin are in
 *     the order of these numbers
 * @param life when the origin's life began; in another life, numbers begin again
 */
public record CallbackFacts(
    String fetchId,
    String outcome,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> stage,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> reason,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Integer> status,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int size,
    int attempts,
    Instant at,
    long sequence,
    Instant life) {
  /** Reads what was left out as nothing. */
  public CallbackFacts {
    stage = stage == null ? Optional.empty() : stage;
    reason = reason == null ? Optional.empty() : reason;
    status = status == null ? Optional.empty() : status;
  }
}
