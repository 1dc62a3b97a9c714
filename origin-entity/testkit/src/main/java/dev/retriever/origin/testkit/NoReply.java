package dev.retriever.origin.testkit;

/**
 * The command got no reply. A caller sees this too when the origin crashes: if a crash was
 * scripted, ask again.
 */
public final class NoReply extends AssertionError {
  private static final long serialVersionUID = 1L;

  NoReply(String message) {
    super(message);
  }
}
