package dev.retriever.origin.simulation;

/** Those who use a simulated cluster. */
interface Guests {
  /** Whether nobody will do anything more, and everything that they want has been accepted. */
  boolean haveEnded();

  /** Whether all that they want has been accepted. */
  boolean allAccepted();

  /** They look at everything once more, in the end. */
  void readAll();
}
