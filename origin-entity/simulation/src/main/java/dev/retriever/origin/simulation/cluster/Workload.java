package dev.retriever.origin.simulation.cluster;

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

  /** They look at everything once more, in the end. */
  default void readAll() {}
}
