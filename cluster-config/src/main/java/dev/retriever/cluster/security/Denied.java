package dev.retriever.cluster.security;

/**
 * A credential that is not accepted. The caller is answered 401 in one wording for all reasons; the
 * reason goes to the log and the audit.
 */
public final class Denied extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String NOTHING_SENT = "no-credential";

  /**
   * @param reason what is wrong, without any part of a secret; from a fixed set, so that it can be
   *     counted by reason
   */
  public Denied(String reason) {
    super(reason, null, false, false);
  }

  static Denied nothingSent() {
    return new Denied(NOTHING_SENT);
  }

  /** Whether a credential was sent. */
  boolean isTry() {
    return !NOTHING_SENT.equals(getMessage());
  }
}
