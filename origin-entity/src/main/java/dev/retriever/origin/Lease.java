package dev.retriever.origin;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What lets one attempt of a queued fetch begin, granted by its queue. Journaled with the attempt.
 * The database refuses a start when its grant is stale, or its slot is taken. Immutable.
 *
 * @param queue the name of the queue
 * @param slot from 1 to the queue's concurrency; 0 when the queue has no limit, and then nothing
 *     stands for the attempt
 * @param grantNo unique in its queue; the larger, the later
 * @param probe whether the attempt's end alone judges the target, while the breaker is half open
 * @param strict whether the key is held until the fetch settles
 */
public record Lease(
    String queue,
    int slot,
    long grantNo,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean probe,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean strict) {
  /** The slot of an attempt of a queue without limits. */
  public static final int NO_SLOT = 0;

  /** Whether a row stands for the attempt. */
  public boolean hasSlot() {
    return slot != NO_SLOT;
  }
}
