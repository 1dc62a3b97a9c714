package dev.retriever.origin;

/**
 * Calls the methods of an {@link Origin} for the library that runs it. Users write origins, and do
 * not call them.
 *
 * @param <C> the root of its commands
 * @param <E> the root of its events
 * @param <S> its state
 */
public final class DefinedOrigin<C, E, S> {
  private final Origin<C, E, S> origin;

  /** Wraps that origin. */
  public DefinedOrigin(Origin<C, E, S> origin) {
    this.origin = origin;
  }

  /** Lets the origin define its handlers. Called once. */
  public void define(Definition<C, E, S> on) {
    origin.define(on);
  }

  /** As {@link Origin#emptyState}. */
  public S emptyState() {
    return origin.emptyState();
  }

  /** As {@link Origin#apply}. */
  public S apply(S state, E event) {
    return origin.apply(state, event);
  }
}
