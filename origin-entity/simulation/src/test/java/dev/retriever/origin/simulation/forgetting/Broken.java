package dev.retriever.origin.simulation.forgetting;

/** A promise is broken. */
final class Broken extends RuntimeException {
  private static final long serialVersionUID = 1;

  Broken(String what) {
    super(what);
  }
}
