package dev.retriever.origin;

import dev.retriever.origin.FetchView.Erased;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Outcomes of an origin, in the order in which its fetches settled. A place in that order is a row
 * of its journal. Those of callbacks are left out: what is told of outcomes is no outcome of the
 * caller's. Immutable.
 *
 * @param gapTo outcomes after the requested place and up to that row are no longer kept
 * @param items all outcomes after that place, or after the gap if there is one, up to the last item
 * @param newest the latest row of the origin
 * @param born since when its rows are counted, to the millisecond. An origin of which nothing was
 *     left counts anew, and places from before are none of its own. Empty if it has no row, or a
 *     version that did not note it wrote the first one
 */
public record OutcomePage(
    Optional<Long> gapTo, List<Item> items, long newest, Optional<Instant> born) {
  /** Accepts messages of versions that did not note it. */
  public OutcomePage {
    born = born == null ? Optional.empty() : born;
  }

  /**
   * One of them.
   *
   * @param row of the settlement: the place to go on after
   * @param view the settled fetch, if it is at hand; else {@link Origins#outcome} reads it
   * @param erased whether what it sent and got is erased
   */
  public record Item(long row, Instant acceptedAt, Optional<FetchView> view, Erased erased) {
    /** Accepts messages of versions without erasure. */
    public Item {
      erased = erased == null ? Erased.NO : erased;
    }

    /** The same with that view, or without one. */
    public Item with(Optional<FetchView> other) {
      return new Item(row, acceptedAt, other, erased);
    }
  }

  /** The same with these items. */
  public OutcomePage with(List<Item> others) {
    return new OutcomePage(gapTo, others, newest, born);
  }

  /** Whether it has neither items nor a gap. */
  public boolean saysNothing() {
    return gapTo.isEmpty() && items.isEmpty();
  }

  /** The place after which the next page begins, if this one began after {@code before}. */
  public long next(long before) {
    return items.isEmpty() ? gapTo.orElse(before) : items.get(items.size() - 1).row();
  }
}
