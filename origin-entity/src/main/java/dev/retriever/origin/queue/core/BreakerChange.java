package dev.retriever.origin.queue.core;

import dev.retriever.origin.queue.QueueOperations.BreakerMode;
import java.time.Instant;
import java.util.Optional;

/**
 * The breaker as it is from now on, to be journaled. Immutable.
 *
 * @param mode who decides about it
 * @param until when the next probe may go, while it is open
 * @param step how often it has opened again since it was last closed
 * @param probe the number of the grant that is the probe, while it is half open and one is under
 *     way
 */
public record BreakerChange(
    State state, BreakerMode mode, Optional<Instant> until, int step, Optional<Long> probe) {
  /** The breaker of a new queue. */
  public static final BreakerChange CLOSED =
      new BreakerChange(State.CLOSED, BreakerMode.AUTO, Optional.empty(), 0, Optional.empty());

  /** What a breaker lets go. */
  public enum State {
    /** Everything. */
    CLOSED,
    /** Nothing. */
    OPEN,
    /** One attempt at a time, until one has judged the target. */
    HALF_OPEN
  }
}
