package dev.retriever.origin.core;

import dev.retriever.origin.Lease;
import dev.retriever.origin.Verdict;
import java.util.Optional;

/**
 * Takes several decisions about one input, one after the other. Each is made on the state after the
 * ones before it, handlers included.
 */
public interface Steps {
  OriginState state();

  /** Applies a decision, and gives its verdict. */
  Verdict take(Decision decision);

  /**
   * The next attempt of the fetch begins, or the fetch settles instead.
   *
   * @param poolId of the pool that has reserved room for it
   * @param lease of its queue
   * @return false when neither can be yet, because the endpoint of a callback is not known here
   */
  boolean begin(PendingFetch fetch, String poolId, Optional<Lease> lease);

  /** Runs the continuation of the unhandled cause with that key again. */
  void handle(String cause);

  /**
   * Decides the ticks of that schedule that are due.
   *
   * @param most so many; those behind them stay due
   */
  void tick(String scheduleId, int most);

  /** Goes on with the backfill of that schedule, if it has one, as far as the turn has room. */
  void backfill(String scheduleId);
}
