package dev.retriever.origin.queue.core;

import dev.retriever.origin.Lease;

/**
 * An attempt of that line may begin. Immutable.
 *
 * @param row of the origin's journal that the line is known to be of
 * @param slot 1 to the concurrency; 0 in a queue without
 * @param probe whether its end alone judges the target
 * @param strict whether its key is held until its fetch settles
 */
public record Choice(LineId line, long row, int slot, long grantNo, boolean probe, boolean strict) {
  /** What the origin gets. */
  public Lease lease(String queue) {
    return new Lease(queue, slot, grantNo, probe, strict);
  }
}
