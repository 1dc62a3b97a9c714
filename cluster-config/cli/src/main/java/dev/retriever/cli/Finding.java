package dev.retriever.cli;

/**
 * One thing that was looked at.
 *
 * @param nextStep empty when nothing is to be done
 */
record Finding(Level level, String what, String text, String nextStep) {
  /** How bad it is. */
  enum Level {
    ok,
    warn,
    fail
  }

  static Finding ok(String what, String text) {
    return new Finding(Level.ok, what, text, "");
  }

  static Finding warn(String what, String text, String nextStep) {
    return new Finding(Level.warn, what, text, nextStep);
  }

  static Finding fail(String what, String text, String nextStep) {
    return new Finding(Level.fail, what, text, nextStep);
  }
}
