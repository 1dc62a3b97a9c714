package dev.retriever.origin.simulation.queue;

/** What targets and nodes know of attempts. */
public interface RunningAttempts {
  /** Whether an exchange of that attempt goes on, on a node that has not stood still lately. */
  boolean goesOn(String originId, String fetchId, int attempt);
}
