package dev.retriever.origin;

import dev.retriever.executor.Response;

/**
 * Collects the handlers of an origin. Given to {@link Origin#define}, and of no use afterwards. Not
 * thread-safe.
 *
 * <p>Handlers of continuations get the state, the context that was persisted with the continuation,
 * the outcome, answer or alarm, and a {@link Next} to say what follows. Their requests are
 * persisted in the same write as what they handle. When a handler throws, that is persisted without
 * its requests, and the handler is tried again, as often as the setting {@code
 * retriever.origin.handling.tries} says; then it is parked. The same holds when it asks for
 * something impossible; see {@link Next}.
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
   * Handles a command.
   *
   * @param <T> the command
   */
  @FunctionalInterface
  interface CommandHandler<T, E, S> {
    /**
     * Says what happens next. Pure: it may be called again for the same command.
     *
     * @param next asks for nothing yet
     * @return {@code next} with all requests, or unchanged for none; never null
     */
    Next<E, S> on(S state, T command, Next<E, S> next);
  }

  /**
   * Handles the event that a continuation was given for.
   *
   * @param <X> the context that was given with the continuation
   * @param <W> what has happened
   */
  @FunctionalInterface
  interface Handler<X, W, E, S> {
    /**
     * Says what follows. Pure: it may be called again for the same event.
     *
     * @param next asks for nothing yet
     * @return {@code next} with all requests, or unchanged for none; never null
     */
    Next<E, S> on(S state, X context, W what, Next<E, S> next);
  }

  /**
   * Handles commands of exactly that class. A handler that throws persists nothing, answers nothing
   * and is not tried again: the exception is logged, and the sender's call times out. The same
   * holds for commands of a class without a handler.
   *
   * @throws IllegalArgumentException if commands of that class have a handler already
   */
  <T extends C> Definition<C, E, S> command(Class<T> type, CommandHandler<T, E, S> handler);

  /**
   * Handles the outcomes of fetches with that continuation, one for each fetch.
   *
   * @throws IllegalArgumentException if that continuation has such a handler already
   */
  <X> Definition<C, E, S> outcome(Continuation<X> continuation, Handler<X, Outcome, E, S> handler);

  /**
   * Handles answers that come after the fetch has settled otherwise, for instance as {@code
   * Unknown}. The outcome stays the same. Without such a handler, late answers are only kept and
   * shown.
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
