package dev.retriever.origin;

/**
 * An {@link Origin} as those call it that run it. Users write origins, and do not call them.
 *
 * @param <C> the root of its commands
 * @param <E> the root of its events
 * @param <S> its state
 */
public final class DefinedOrigin<C, E, S> {
  private final Origin<C, E, S> origin;

  /** What those see of that origin who run it. */
  public DefinedOrigin(Origin<C, E, S> origin) {
    this.origin = origin;
  }

  /** Has the origin say what it does. Called once. */
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
