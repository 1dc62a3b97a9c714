package dev.retriever.cli;

/** A command that cannot be carried out as it was given. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String nextStep;
  private final int exitCode;

  Refused(String message, String nextStep) {
    this(message, nextStep, ExitCodes.REFUSED);
  }

  Refused(String message, String nextStep, int exitCode) {
    super(message);
    this.nextStep = nextStep;
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }

  String nextStep() {
    return nextStep;
  }
}
