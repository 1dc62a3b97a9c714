package dev.retriever.origin;

/**
 * The definition of an origin, written by users: its state, how events change it, and the handlers
 * of commands and outcomes.
 *
 * <p>An origin is one sharded, persistent entity: one per order, tenant or conversation. It handles
 * one input at a time. A handler is pure: it gets the state and says with a {@link Next} what to
 * do. That is persisted in one atomic write together with its cause, and only then done. So a
 * handler may run again, after a crash or a failed write, and must have no effects of its own.
 *
 * <p>Commands, and what they carry, must be serializable by Pekko, as for any sharded entity;
 * events too, for the journal. {@link Serialized} makes a sealed root so. Pekko may log a command
 * by its {@code toString} at debug level: override it where a command carries a secret.
 *
 * <p>One definition serves all origins of its type on a node, in many threads: it must have no
 * mutable fields.
 *
 * @param <C> the root of its commands
 * @param <E> the root of its events
 * @param <S> its state: immutable, and serializable by Pekko too, or origins cannot be saved as
 *     snapshots and take longer to recover with every row. A new version of the code must be able
 *     to read the state that the one before it wrote
 */
public abstract class Origin<C, E, S> {
  /** The state of an origin that has never journaled anything. */
  protected abstract S emptyState();

  /**
   * The state after an event. Pure, and called again for every event when the origin recovers. Must
   * not throw for an event that a handler ever persisted: the origin could not recover, and would
   * try to until other code is deployed.
   */
  protected abstract S apply(S state, E event);

  /**
   * Registers the handler of each command and continuation. Called once, when origins of this type
   * are started.
   */
  protected abstract void define(Definition<C, E, S> on);
}
