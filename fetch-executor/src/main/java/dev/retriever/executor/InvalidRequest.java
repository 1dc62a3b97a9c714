package dev.retriever.executor;

import dev.retriever.executor.egress.EgressPolicy;

/**
 * A request that must not be made, found before anything was persisted.
 *
 * <p>Messages name the rule and never repeat a value that may be a secret.
 */
public final class InvalidRequest extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** What is wrong, coarse enough to tell problem types apart. */
  public enum Kind {
    METHOD,
    URL,
    HEADER,
    /** It frames the message, belongs to one hop, or is set by the executor. */
    HEADER_NOT_ALLOWED,
    /** The {@link EgressPolicy} denies its host. */
    TARGET_NOT_ALLOWED,
    /** It refers to one of the {@link Secrets} that is not there, or not for its host. */
    SECRET_NOT_ALLOWED,
    BODY
  }

  private final Kind kind;
  private final String pointer;

  /**
   * A rule that a request breaks.
   *
   * @param message names the rule, and no value that may be a secret
   * @param pointer JSON pointer of the field inside the request, such as {@code /headers/X-A}
   */
  public InvalidRequest(Kind kind, String pointer, String message) {
    super(message);
    this.kind = kind;
    this.pointer = pointer;
  }

  /** Which rule it breaks. */
  public Kind kind() {
    return kind;
  }

  /** JSON pointer of the field inside the request, such as {@code /headers/X-A}. */
  public String pointer() {
    return pointer;
  }
}
