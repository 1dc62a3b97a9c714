package dev.retriever.origin.entity;

import dev.retriever.executor.AttemptKey;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers attempts that were reported to origins of a node which did not know them. Another
 * incarnation, which did not know yet that it was replaced, may have journaled them. So an origin
 * recovers once before it ignores such a report. Thread-safe.
 */
public final class UnknownReports {
  private final Map<AttemptKey, Boolean> seen;

  /**
   * @param most how many are remembered; for older ones the origins recover again
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

  /** Whether no origin has recovered for this attempt yet. */
  public synchronized boolean isNew(AttemptKey attempt) {
    return seen.put(attempt, true) == null;
  }
}
