package dev.retriever.client.problem;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A node refused the call, with a problem of RFC 9457. Immutable. */
public final class ProblemException extends RetrieverException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String type;
  private final String detail;
  private final transient List<FieldFault> errors;
  private final transient Optional<Duration> retryAfter;

  /**
   * A field of the request that is wrong.
   *
   * @param pointer a JSON pointer into the request
   */
  public record FieldFault(String pointer, String detail) {}

  /**
   * @param type the last segment of the problem's type, such as {@code queue-full}; empty if there
   *     is none
   */
  public ProblemException(
      int status,
      String type,
      String detail,
      List<FieldFault> errors,
      Optional<Duration> retryAfter) {
    this(sentence(status, type, detail), status, type, detail, errors, retryAfter);
  }

  private ProblemException(
      String message,
      int status,
      String type,
      String detail,
      List<FieldFault> errors,
      Optional<Duration> retryAfter) {
    super(message, null);
    this.status = status;
    this.type = type;
    this.detail = detail;
    this.errors = List.copyOf(errors);
    this.retryAfter = retryAfter;
  }

  /** The same, with a message that says how many tries before were not answered. */
  public ProblemException after(int unanswered) {
    var tries = unanswered == 1 ? "1 earlier try" : unanswered + " earlier tries";
    var note =
        ". (No answer came to "
            + tries
            + " of this call, which may have been followed: look how it stands before you"
            + " call again.)";
    return new ProblemException(getMessage() + note, status, type, detail, errors, retryAfter);
  }

  private static String sentence(int status, String type, String detail) {
    return status + (type.isEmpty() ? "" : " " + type) + ": " + detail;
  }

  /** The status of the answer, such as 409. */
  public int status() {
    return status;
  }

  /** A short stable word of docs/api.md, such as {@code queue-full}; empty if there was none. */
  public String type() {
    return type;
  }

  /** What is wrong, for people. */
  public String detail() {
    return detail;
  }

  /** The fields that are wrong; empty when the problem is not of fields. */
  public List<FieldFault> errors() {
    return errors;
  }

  /** When the node asked to be called again, if it did. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }

  /** Whether it has that type. */
  public boolean is(String word) {
    return type.equals(word);
  }

  @Override
  public String nextStep() {
    return retryAfter
        .map(wait -> "Call again in " + Math.max(1, wait.toSeconds()) + " s, with the same id.")
        .orElseGet(() -> NextSteps.of(status, type));
  }
}
