package dev.retriever.cli.diagnosis;

/**
 * One thing that was looked at.
 *
 * @param nextStep empty when nothing is to be done
 */
public record Finding(Level level, String what, String text, String nextStep) {
  /** How bad it is. */
  public enum Level {
    ok,
    warn,
    fail
  }

  /** Nothing is to be done. */
  public static Finding ok(String what, String text) {
    return new Finding(Level.ok, what, text, "");
  }

  /** It is to be looked at. */
  public static Finding warn(String what, String text, String nextStep) {
    return new Finding(Level.warn, what, text, nextStep);
  }

  /** It is broken, or soon will be. */
  public static Finding fail(String what, String text, String nextStep) {
    return new Finding(Level.fail, what, text, nextStep);
  }
}
