package dev.retriever.origin;

/**
 * The context of a continuation that needs none. The continuation may get a record in its place
 * later: what was persisted before is then read with every component missing.
 */
public record NoContext() {
  /** The only one there need be. */
  public static final NoContext NONE = new NoContext();
}
