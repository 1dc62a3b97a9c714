package dev.retriever.origin.testkit;

/**
 * Nobody answered. When a crash was scripted, that is what a caller sees of it: ask again, as a
 * caller would.
 */
public final class NoReply extends AssertionError {
  private static final long serialVersionUID = 1L;

  NoReply(String message) {
    super(message);
  }
}
