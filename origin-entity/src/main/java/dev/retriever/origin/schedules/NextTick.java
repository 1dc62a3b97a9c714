package dev.retriever.origin.schedules;

import java.time.Instant;

/**
 * A tick that is still to come. Its components are on-disk format.
 *
 * @param nominal its time by the rule, which is part of the id of its fetch
 * @param due when it fires: later by the jitter, and before the time of the next tick
 */
public record NextTick(Instant nominal, Instant due) {
  /** Whether its time has come then, and its jitter is not over. */
  public boolean begunBy(Instant now) {
    return !nominal.isAfter(now) && due.isAfter(now);
  }
}
