package dev.retriever.origin.simulation.cluster;

import java.time.Duration;

/** The users of a simulated cluster. */
public interface Workload {
  /** Whether all users have finished, and every fetch of theirs is accepted. */
  default boolean haveEnded() {
    return true;
  }

  /** Whether all that they want has been accepted. */
  default boolean allAccepted() {
    return true;
  }

  /** Nothing goes wrong by itself any more, and they stop nothing any more. */
  default void letGo() {}

  /**
   * They come again after a long time, to the origins that there are.
   *
   * @param fetches so many more, with the numbers from that one on
   */
  default void comeAgain(int first, int fetches, Duration until) {}

  /** They look at everything once more, in the end. */
  default void readAll() {}
}
