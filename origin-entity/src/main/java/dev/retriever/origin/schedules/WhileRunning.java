package dev.retriever.origin.schedules;

/**
 * What a tick does while the schedule's latest fetch has not settled. Fetches of backfills do not
 * count as running. Names are on-disk format.
 */
public enum WhileRunning {
  /** It makes no fetch. */
  SKIP,
  /** It waits, and its fetch is accepted in the write that settles the one before. One waits. */
  QUEUE_ONE,
  /** It makes its fetch beside the one before. */
  ALLOW,
  /** It cancels the one before, and makes its own, in one write. */
  CANCEL
}
