package dev.retriever.origin.simulation.cluster;

/** The users of a simulated cluster. */
public interface Workload {
  /** Whether all users have finished, and every fetch of theirs is accepted. */
  boolean haveEnded();

  /** Whether all that they want has been accepted. */
  boolean allAccepted();

  /** They look at everything once more, in the end. */
  void readAll();
}
