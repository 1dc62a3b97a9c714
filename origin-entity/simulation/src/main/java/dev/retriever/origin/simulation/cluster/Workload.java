package dev.retriever.origin.simulation.cluster;

/** Those who use a simulated cluster. */
public interface Workload {
  /** Whether nobody will do anything more, and everything that they want has been accepted. */
  boolean haveEnded();

  /** Whether all that they want has been accepted. */
  boolean allAccepted();

  /** They look at everything once more, in the end. */
  void readAll();
}
