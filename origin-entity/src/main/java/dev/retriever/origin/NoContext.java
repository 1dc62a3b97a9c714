package dev.retriever.origin;

/**
 * The context of a continuation that needs none. A record may replace it later: older contexts are
 * then read with every component missing.
 */
public record NoContext() {
  /** The instance to use. */
  public static final NoContext NONE = new NoContext();
}
