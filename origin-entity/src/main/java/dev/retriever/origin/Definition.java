package dev.retriever.origin;

import dev.retriever.executor.Response;

/**
 * Collects what an origin does. Given to {@link Origin#define}, and of no use afterwards. Not
 * thread-safe.
 *
 * <p>Handlers of continuations are given the state, the context that was persisted with the
 * continuation, what has happened, and a {@link Next} to say what is to follow. What they ask for
 * is persisted in the same write as what has happened. When one throws, what has happened is
 * persisted without it, and the handler is tried again, as often as the setting {@code
 * retriever.origin.handling.tries} says; then it is parked. So it is when it asks for what cannot
 * be: {@link Next} says what that is.
 *
 * <p>The class and message of what a handler throws are journaled, logged and shown to operators.
 * Keep secrets out of messages, and messages short.
 *
 * @param <C> the root of its commands
 * @param <E> the root of its events
 * @param <S> its state
 */
public interface Definition<C, E, S> {
  /**
   * What to do with a command.
   *
   * @param <T> the command
   */
  @FunctionalInterface
  interface CommandHandler<T, E, S> {
    /**
     * Says what is to happen. Pure: it may be called again for the same command.
     *
     * @param next asks for nothing yet
     * @return {@code next} with what is to happen, or as it is for nothing; never null
     */
    Next<E, S> on(S state, T command, Next<E, S> next);
  }

  /**
   * What to do when something has happened that a continuation was given for.
   *
   * @param <X> the context that was given with the continuation
   * @param <W> what has happened
   */
  @FunctionalInterface
  interface Handler<X, W, E, S> {
    /**
     * Says what is to follow. Pure: it may be called again for what has happened.
     *
     * @param next asks for nothing yet
     * @return {@code next} with what is to follow, or as it is for nothing; never null
     */
    Next<E, S> on(S state, X context, W what, Next<E, S> next);
  }

  /**
   * Handles commands of exactly that class. A handler that throws persists nothing and answers
   * nothing, and is not tried again: what it throws is logged, and its sender hears of it by its
   * own time-out. So it is with commands of a class that has no handler.
   *
   * @throws IllegalArgumentException if commands of that class have a handler already
   */
  <T extends C> Definition<C, E, S> command(Class<T> type, CommandHandler<T, E, S> handler);

  /**
   * Handles the outcomes of fetches that were asked for with that continuation: one for each.
   *
   * @throws IllegalArgumentException if that continuation has such a handler already
   */
  <X> Definition<C, E, S> outcome(Continuation<X> continuation, Handler<X, Outcome, E, S> handler);

  /**
   * Handles answers that come after the fetch had settled otherwise, as {@code Unknown} say. Its
   * outcome stays what it is. Without such a handler, late answers are kept and shown, no more.
   *
   * @throws IllegalArgumentException if that continuation has such a handler already
   */
  <X> Definition<C, E, S> late(Continuation<X> continuation, Handler<X, Response, E, S> handler);

  /**
   * Handles alarms that were scheduled with that continuation.
   *
   * @throws IllegalArgumentException if that continuation has such a handler already
   */
  <X> Definition<C, E, S> alarm(Continuation<X> continuation, Handler<X, Firing, E, S> handler);
}
