package dev.retriever.cluster.outcomes;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The subscriptions that run on a node. Thread-safe. */
final class OpenSubscriptions {
  private final Set<Runnable> ends = ConcurrentHashMap.newKeySet();
  private volatile boolean haveEnded;

  /**
   * A subscription runs, until {@link #isOver}.
   *
   * @param end ends it, and may be called again; called at once when all have been ended
   */
  void begins(Runnable end) {
    ends.add(end);
    if (haveEnded) {
      end.run();
    }
  }

  void isOver(Runnable end) {
    ends.remove(end);
  }

  int count() {
    return ends.size();
  }

  /** Ends all of them, and each that begins later. */
  void end() {
    haveEnded = true;
    ends.forEach(Runnable::run);
  }
}
