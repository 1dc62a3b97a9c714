package dev.retriever.origin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Collects what an origin does. Given to {@link Origin#define}, and of no use afterwards. Not
 * thread-safe.
 *
 * @param <C> the root of its commands
 * @param <E> the root of its events
 * @param <S> its state
 */
public final class Definition<C, E, S> {
  /**
   * What to do with a command.
   *
   * @param <T> the command
   */
  @FunctionalInterface
  public interface CommandHandler<T, E, S> {
    Next<E, S> on(S state, T command, Next<E, S> next);
  }

  /**
   * What to do with the outcome of a fetch.
   *
   * @param <X> the context that was given when the fetch was asked for
   */
  @FunctionalInterface
  public interface OutcomeHandler<X, E, S> {
    Next<E, S> on(S state, X context, Outcome outcome, Next<E, S> next);
  }

  private final Map<Class<?>, CommandHandler<C, E, S>> commands = new HashMap<>();
  private final Map<String, OutcomeHandler<Object, E, S>> outcomes = new HashMap<>();
  private final List<Continuation<?>> continuations = new ArrayList<>();

  Definition() {}

  /**
   * Handles commands of exactly that class. A handler that throws persists nothing and answers
   * nothing; its sender hears of it by its own time-out.
   *
   * @throws IllegalArgumentException if commands of that class have a handler already
   */
  public <T extends C> Definition<C, E, S> command(Class<T> type, CommandHandler<T, E, S> handler) {
    CommandHandler<C, E, S> cast =
        (state, command, next) -> handler.on(state, type.cast(command), next);
    if (commands.put(type, cast) != null) {
      throw new IllegalArgumentException(
          "commands of " + type.getName() + " have a handler already; give one for each class");
    }
    return this;
  }

  /**
   * Handles the outcomes of fetches that were asked for with that continuation. What it asks for is
   * persisted in the same write as the outcome. When it throws, the outcome is persisted without
   * it, and the handler is tried again, a bounded number of times; then the fetch is parked.
   *
   * @throws IllegalArgumentException if that continuation has a handler already
   */
  public <X> Definition<C, E, S> outcome(
      Continuation<X> continuation, OutcomeHandler<X, E, S> handler) {
    OutcomeHandler<Object, E, S> cast =
        (state, context, outcome, next) ->
            handler.on(state, continuation.context().cast(context), outcome, next);
    if (outcomes.put(continuation.name(), cast) != null) {
      throw new IllegalArgumentException(
          "continuation " + continuation.name() + " has a handler already; give one for each");
    }
    continuations.add(continuation);
    return this;
  }

  Optional<CommandHandler<C, E, S>> handlerOf(Object command) {
    return Optional.ofNullable(commands.get(command.getClass()));
  }

  OutcomeHandler<Object, E, S> handlerOf(Continuation<?> continuation) {
    return outcomes.get(continuation.name());
  }

  /**
   * @throws IllegalArgumentException if two continuations answer to one name
   */
  Continuations continuations() {
    return Continuations.of(continuations);
  }
}
