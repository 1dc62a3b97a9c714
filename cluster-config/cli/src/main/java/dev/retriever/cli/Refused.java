package dev.retriever.cli;

/** A command that cannot be carried out as it was given. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String nextStep;

  Refused(String message, String nextStep) {
    super(message);
    this.nextStep = nextStep;
  }

  String nextStep() {
    return nextStep;
  }
}
