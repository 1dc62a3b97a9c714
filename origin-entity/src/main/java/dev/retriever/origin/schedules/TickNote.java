package dev.retriever.origin.schedules;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of a tick, or of several that were passed over together. Its components and the names
 * of its constants are on-disk format.
 *
 * @param nominal its time by the rule; of several, the first one's
 * @param to of several, the last one's time
 * @param count how many there were, at least 1
 * @param at when it was decided
 * @param via what made it tick
 * @param fetchId of the fetch that it made
 * @param reason why it made none
 */
public record TickNote(
    Instant nominal,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> to,
    long count,
    Instant at,
    Via via,
    Result result,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> fetchId,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> reason) {
  /** What made a tick. */
  public enum Via {
    /** Its time had come. */
    TIME,
    /** It was late. */
    CATCH_UP,
    /** It had waited until the fetch before it settled. */
    WAIT,
    /** Somebody asked for a range of past ticks. */
    BACKFILL,
    /** Somebody asked for a fetch now. */
    TRIGGER
  }

  /** What became of a tick. */
  public enum Result {
    /** It made a fetch. */
    FIRED,
    /** It made none, and says why. */
    SKIPPED,
    /** It waits until the fetch before it settles. */
    WAITS,
    /** It was late, and its schedule does not catch up with it. */
    MISSED,
    /** Its schedule was paused. */
    PAUSED
  }

  public TickNote {
    to = to == null ? Optional.empty() : to;
    fetchId = fetchId == null ? Optional.empty() : fetchId;
    reason = reason == null ? Optional.empty() : reason;
  }

  /** One tick. */
  public static TickNote of(
      Instant nominal,
      Instant at,
      Via via,
      Result result,
      Optional<String> fetchId,
      Optional<String> reason) {
    return new TickNote(nominal, Optional.empty(), 1, at, via, result, fetchId, reason);
  }
}
