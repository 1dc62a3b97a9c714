package dev.retriever.alarms;

import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/**
 * What is written about when origins are to be woken, as the clocks read and correct it. Whoever
 * keeps the journal writes it, together with the rows that it follows from. May wait: not to be
 * called from an actor's thread. Thread-safe.
 */
public interface WakeUps {
  /**
   * That an origin is to be looked at.
   *
   * @param executor who may have an attempt of it; may be empty
   * @param row the last that was journaled together with this
   */
  record Entry(String persistenceId, String executor, Instant at, long row) {}

  /**
   * Which origins are to be looked at: those whose time comes until then, inclusive, and those with
   * attempts at executors that are gone.
   *
   * @param slice the part of all origins that is looked at
   * @param limit so many at most of those due, and of those of each executor
   * @param lives whether the node of that executor is a member of the cluster
   * @param wanted which origins; the others are passed over, up to a limit
   */
  List<Entry> look(
      int slice, Instant until, int limit, Predicate<String> lives, Predicate<String> wanted)
      throws Exception;

  /** What an origin says of itself stands there from now on, unless it has journaled since. */
  void correct(String persistenceId, long row, WakeUp wakeUp) throws Exception;
}
