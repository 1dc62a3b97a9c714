package dev.retriever.cluster.security;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Streams that run, and may be ended all together. Thread-safe. */
public final class OpenStreams {
  private final Set<Runnable> ends = ConcurrentHashMap.newKeySet();
  private volatile boolean haveEnded;

  /**
   * A stream runs, until {@link #isOver}.
   *
   * @param end ends it, and may be called again; called at once when all have been ended
   */
  public void begins(Runnable end) {
    ends.add(end);
    if (haveEnded) {
      end.run();
    }
  }

  /** Once for each {@link #begins}. */
  public void isOver(Runnable end) {
    ends.remove(end);
  }

  public int count() {
    return ends.size();
  }

  /** Whether all have been ended. */
  public boolean haveEnded() {
    return haveEnded;
  }

  /** Ends all of them, and each that begins later. */
  public void end() {
    haveEnded = true;
    ends.forEach(Runnable::run);
  }
}
