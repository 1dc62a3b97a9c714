package dev.retriever.executor;

import dev.retriever.executor.egress.EgressPolicy;

/**
 * Thrown when a request breaks a rule, before anything is persisted.
 *
 * <p>Messages name the rule and never show a value that may be a secret.
 */
public final class InvalidRequest extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** The kind of rule that the request breaks; each is a problem type of the HTTP API. */
  public enum Kind {
    METHOD,
    URL,
    HEADER,
    /** The header frames the message, belongs to one hop, or is set by the executor. */
    HEADER_NOT_ALLOWED,
    /** The {@link EgressPolicy} denies its host. */
    TARGET_NOT_ALLOWED,
    /** The request names a secret that is missing from {@link Secrets}, or not for its host. */
    SECRET_NOT_ALLOWED,
    BODY
  }

  private final Kind kind;
  private final String pointer;

  /**
   * @param message names the rule, and shows no value that may be a secret
   * @param pointer JSON pointer of the field inside the request, such as {@code /headers/X-A}
   */
  public InvalidRequest(Kind kind, String pointer, String message) {
    super(message);
    this.kind = kind;
    this.pointer = pointer;
  }

  /** The kind of rule that the request breaks. */
  public Kind kind() {
    return kind;
  }

  /** JSON pointer of the field inside the request, such as {@code /headers/X-A}. */
  public String pointer() {
    return pointer;
  }
}
