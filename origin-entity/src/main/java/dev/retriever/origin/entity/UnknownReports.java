package dev.retriever.origin.entity;

import dev.retriever.executor.AttemptKey;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Attempts that were reported on to origins of a node which knew nothing of them. It may be that
 * another incarnation journaled them, one that did not know yet that it was replaced: so an origin
 * recovers before it takes such a report for nothing. Thread-safe.
 */
public final class UnknownReports {
  private final Map<AttemptKey, Boolean> seen;

  /**
   * @param most so many are remembered; the origins of others recover again
   */
  UnknownReports(int most) {
    this.seen =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<AttemptKey, Boolean> eldest) {
            return size() > most;
          }
        };
  }

  /** Whether nobody has recovered for it yet. */
  public synchronized boolean isNew(AttemptKey attempt) {
    return seen.put(attempt, true) == null;
  }
}
