package dev.retriever.alarms;

import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/**
 * The stored wake-ups of origins, as the alarm clocks read and correct them. The journal writes
 * them together with the rows that they result from. Calls may block, so do not make them on an
 * actor's thread. Thread-safe.
 */
public interface WakeUps {
  /**
   * One origin to wake.
   *
   * @param poolId the pool that may have an attempt of the origin; empty for none
   * @param row the last row that was journaled together with this entry
   */
  record Entry(String persistenceId, String poolId, Instant at, long row) {}

  /**
   * Finds the origins to wake: those due until {@code until} inclusive, and those with attempts in
   * pools whose nodes are gone.
   *
   * @param slice the part of all origins to search
   * @param limit the most origins that are due, and the most for each pool
   * @param lives whether the node of the pool with that id is a member of the cluster
   * @param wanted which origins to return; the search skips the others, up to a limit
   */
  List<Entry> look(
      int slice, Instant until, int limit, Predicate<String> lives, Predicate<String> wanted)
      throws Exception;

  /** Replaces the wake-up of an origin, unless the origin has journaled a later row. */
  void correct(String persistenceId, long row, WakeUp wakeUp) throws Exception;
}
