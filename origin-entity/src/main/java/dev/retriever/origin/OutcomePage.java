package dev.retriever.origin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Outcomes of an origin, in the order in which its fetches settled. A place in that order is a row
 * of its journal. Immutable.
 *
 * @param gapTo outcomes up to that row, and behind the place that was asked for, are no longer kept
 * @param items what settled behind that place, and behind the gap if there is one; all of it up to
 *     the last of them
 * @param newest the latest row of the origin
 */
public record OutcomePage(Optional<Long> gapTo, List<Item> items, long newest) {
  /**
   * One of them.
   *
   * @param row of the settlement: the place to go on after
   * @param view the fetch as it settled, where that is at hand; else {@link Origins#outcome} reads
   *     it
   */
  public record Item(long row, Instant acceptedAt, Optional<FetchView> view) {}

  /** Whether it says nothing but where the origin is. */
  public boolean saysNothing() {
    return gapTo.isEmpty() && items.isEmpty();
  }

  /** The place to go on after, having been at {@code before}. */
  public long next(long before) {
    return items.isEmpty() ? gapTo.orElse(before) : items.get(items.size() - 1).row();
  }
}
