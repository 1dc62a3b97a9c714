package dev.retriever.origin.core;

import dev.retriever.executor.Response;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.Definition;
import dev.retriever.origin.Firing;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Outcome;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The handlers of an origin type, by command class or continuation. Complete once {@link
 * Origin#define} has returned.
 */
final class Handlers<C, E, S> implements Definition<C, E, S> {
  private final Map<Class<?>, CommandHandler<C, E, S>> commands = new HashMap<>();
  private final Map<String, Handler<Object, Cause, E, S>> outcomes = new HashMap<>();
  private final Map<String, Handler<Object, Cause, E, S>> lates = new HashMap<>();
  private final Map<String, Handler<Object, Cause, E, S>> alarms = new HashMap<>();
  private final Set<Continuation<?>> continuations = new LinkedHashSet<>();

  @Override
  public <T extends C> Handlers<C, E, S> command(Class<T> type, CommandHandler<T, E, S> handler) {
    CommandHandler<C, E, S> cast =
        (state, command, next) -> handler.on(state, type.cast(command), next);
    if (commands.put(type, cast) != null) {
      throw new IllegalArgumentException(
          "commands of " + type.getName() + " have a handler already; give one for each class");
    }
    return this;
  }

  @Override
  public <X> Handlers<C, E, S> outcome(
      Continuation<X> continuation, Handler<X, Outcome, E, S> handler) {
    return put(
        outcomes,
        continuation,
        handler,
        cause -> cause.fold(of -> of.outcome(), late -> null, alarm -> null));
  }

  @Override
  public <X> Handlers<C, E, S> late(
      Continuation<X> continuation, Handler<X, Response, E, S> handler) {
    return put(
        lates,
        continuation,
        handler,
        cause -> cause.fold(of -> null, late -> late.response(), alarm -> null));
  }

  @Override
  public <X> Handlers<C, E, S> alarm(
      Continuation<X> continuation, Handler<X, Firing, E, S> handler) {
    return put(
        alarms,
        continuation,
        handler,
        cause -> cause.fold(of -> null, late -> null, alarm -> alarm.firing()));
  }

  private <X, W> Handlers<C, E, S> put(
      Map<String, Handler<Object, Cause, E, S>> handlers,
      Continuation<X> continuation,
      Handler<X, W, E, S> handler,
      Function<Cause, W> what) {
    Handler<Object, Cause, E, S> cast =
        (state, context, cause, next) ->
            handler.on(state, continuation.context().cast(context), what.apply(cause), next);
    if (handlers.put(continuation.name(), cast) != null) {
      throw new IllegalArgumentException(
          "continuation " + continuation.name() + " has a handler already; give one for each");
    }
    continuations.add(continuation);
    return this;
  }

  Optional<CommandHandler<C, E, S>> handlerOf(Object command) {
    return Optional.ofNullable(commands.get(command.getClass()));
  }

  /** The handler to run for that cause. */
  Optional<Handler<Object, Cause, E, S>> handlerOf(Continuation<?> continuation, Cause cause) {
    var handlers = cause.fold(outcome -> outcomes, late -> lates, alarm -> alarms);
    return Optional.ofNullable(handlers.get(continuation.name()));
  }

  boolean handlesOutcomesOf(Continuation<?> continuation) {
    return outcomes.containsKey(continuation.name());
  }

  boolean handlesAlarmsOf(Continuation<?> continuation) {
    return alarms.containsKey(continuation.name());
  }

  /**
   * @throws IllegalArgumentException if two continuations answer to one name
   */
  Continuations continuations() {
    return Continuations.of(continuations);
  }
}
