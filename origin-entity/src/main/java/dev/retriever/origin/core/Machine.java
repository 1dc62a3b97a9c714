package dev.retriever.origin.core;

import dev.retriever.origin.Continuation;
import dev.retriever.origin.DefinedOrigin;
import dev.retriever.origin.Definition;
import dev.retriever.origin.Next;
import dev.retriever.origin.Origin;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginEvent.OriginForgotten;
import dev.retriever.origin.OriginEvent.SettledForgotten;
import dev.retriever.origin.OriginSettings;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.StoredContinuation;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes turns: decides about an input, and runs the users' handlers for what it causes in the same
 * turn, such as the continuation of a fetch with its settlement. As pure as the handlers are.
 *
 * @param <C> the root of the origin's commands
 * @param <E> the root of its events
 * @param <S> its state
 */
public final class Machine<C, E, S> {
  private final DefinedOrigin<C, E, S> origin;
  private final Handlers<C, E, S> definition = new Handlers<>();
  private final Continuations continuations;
  private final Rules rules;

  /**
   * The rules for every origin of a node.
   *
   * @param handling how often a continuation that fails is tried, and how long it waits
   * @param serializes throws if an event cannot be journaled
   * @param freezes gets each context and its persisted form; may throw
   */
  public record Rules(
      OriginCore core,
      AlarmCore alarms,
      RetryPolicy handling,
      Consumer<Object> serializes,
      BiConsumer<Continuation.Bound<?>, StoredContinuation> freezes) {
    Rules(OriginCore core, AlarmCore alarms, RetryPolicy handling, Consumer<Object> serializes) {
      this(core, alarms, handling, serializes, (context, persisted) -> {});
    }

    /**
     * The rules of the settings.
     *
     * @param pools of executors, by name, that fetches can ask for
     */
    public static Rules of(
        OriginSettings settings, Set<String> pools, Consumer<Object> serializes) {
      return of(settings, pools, serializes, (context, persisted) -> {});
    }

    public static Rules of(
        OriginSettings settings,
        Set<String> pools,
        Consumer<Object> serializes,
        BiConsumer<Continuation.Bound<?>, StoredContinuation> freezes) {
      var retention = new Retention(settings.retention());
      return new Rules(
          new OriginCore(
              settings.maxPending(),
              settings.maxPendingBytes(),
              settings.maxLost(),
              pools,
              retention),
          new AlarmCore(settings.maxAlarms()),
          new RetryPolicy(
              settings.handlingTries(),
              settings.handlingMin(),
              settings.handlingMax(),
              Set.of(),
              RetryPolicy.Resend.ALWAYS),
          serializes,
          freezes);
    }

    DueAlarms dueAlarms() {
      return new DueAlarms(core, alarms);
    }
  }

  /**
   * The time, random number and room of a turn: drawn once for each input.
   *
   * @param random evenly from [0, 1)
   */
  public record Moment(String originId, Instant now, double random, AttemptRoom room) {}

  /**
   * A turn, and the answer to its sender once it is durable.
   *
   * @param <R> as its {@link Input} says
   */
  public record Decided<R, S>(R answer, Turn<S> turn) {}

  /**
   * @throws IllegalArgumentException when the definition contradicts itself
   */
  public Machine(Origin<C, E, S> origin, Rules rules) {
    this.origin = new DefinedOrigin<>(origin);
    this.rules = rules;
    this.origin.define(definition);
    this.continuations = definition.continuations();
  }

  public Rules rules() {
    return rules;
  }

  public FullState<S> empty() {
    return new FullState<>(OriginState.empty(), origin.emptyState());
  }

  /** The state after a row of the journal. */
  @SuppressWarnings("unchecked") // what is no event of ours was journaled as one of theirs
  public FullState<S> apply(FullState<S> state, Object row) {
    return row instanceof OriginEvent event
        ? new FullState<>(
            state.fetches().apply(event), event.endsLife() ? origin.emptyState() : state.own())
        : new FullState<>(state.fetches().nextRow(), origin.apply(state.own(), (E) row));
  }

  /**
   * The row that may stand for all rows of an origin of which nothing is needed any more: no fetch
   * is pending, no alarm or schedule is set, no continuation is unhandled or parked, and the users'
   * state is the empty one. Its last row must be older than the retention, so that its settled
   * fetches are.
   *
   * @return empty if something is needed
   */
  public Optional<OriginForgotten> forgotten(FullState<S> state, Instant at) {
    var its = state.fetches();
    return isAtRest(its) && hasNothingOwn(state)
        ? Optional.of(
            new OriginForgotten(
                its.row() + 1, its.accepted(), its.settled().latest(), its.born(), at))
        : Optional.empty();
  }

  /**
   * What may stand for all rows of an origin of which the users' state alone is needed. Otherwise
   * as {@link #forgotten}.
   *
   * @param row the one that follows; it forgets all settled fetches
   * @param state after that row, to be saved with it
   */
  public record Saved<S>(SettledForgotten row, FullState<S> state) {}

  /** Empty if more is needed, or nothing. */
  public Optional<Saved<S>> saved(FullState<S> state, Instant at) {
    if (!isAtRest(state.fetches()) || hasNothingOwn(state)) {
      return Optional.empty();
    }
    var orders = List.copyOf(state.fetches().settled().byOrder().keySet());
    var row = new SettledForgotten(orders, at);
    return Optional.of(new Saved<>(row, apply(state, row)));
  }

  private static boolean isAtRest(OriginState its) {
    return its.pending().isEmpty()
        && its.alarms().isEmpty()
        && its.unhandled().isEmpty()
        && its.schedules().isEmpty();
  }

  private boolean hasNothingOwn(FullState<S> state) {
    return Objects.equals(state.own(), origin.emptyState());
  }

  /**
   * Decides about an input, and runs the continuations of what it settles.
   *
   * @throws RuntimeException as the input says
   */
  public <R> Decided<R, S> turn(FullState<S> state, Input<R> input, Moment at) {
    var turn = new TurnDraft<>(this, state, at);
    var answer = input.on(turn);
    return new Decided<>(answer, turn.done());
  }

  /** The handler of that command. */
  Definition.CommandHandler<C, E, S> handlerOf(Object command) {
    return definition
        .handlerOf(command)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no handler for "
                        + command.getClass().getName()
                        + "; give one with on.command("
                        + command.getClass().getSimpleName()
                        + ".class, …)"));
  }

  /**
   * The keys of parked causes whose continuations this code knows, and the code that parked them
   * did not.
   */
  public List<String> nowKnown(OriginState state) {
    return state.unhandled().values().stream()
        .filter(Unhandled::awaitsCode)
        .filter(cause -> resolve(cause).fold(run -> true, park -> false))
        .map(Unhandled::key)
        .toList();
  }

  /** What to do about an unhandled cause. */
  sealed interface Resolved<E, S> {
    <R> R fold(Function<Run<E, S>, R> run, Function<Park<E, S>, R> park);
  }

  /** Run this handler. */
  record Run<E, S>(Definition.Handler<Object, Cause, E, S> handler, Object context, Cause cause)
      implements Resolved<E, S> {
    Next<E, S> on(S state, Next<E, S> next) {
      return handler.on(state, context, cause, next);
    }

    @Override
    public <R> R fold(Function<Run<E, S>, R> run, Function<Park<E, S>, R> park) {
      return run.apply(this);
    }
  }

  /** Park it, for this reason. */
  record Park<E, S>(String reason) implements Resolved<E, S> {
    @Override
    public <R> R fold(Function<Run<E, S>, R> run, Function<Park<E, S>, R> park) {
      return park.apply(this);
    }
  }

  /** Finds the handler of this code. */
  Resolved<E, S> resolve(Unhandled unhandled) {
    return continuations
        .resolve(unhandled.then())
        .fold(
            known -> handler(known, unhandled.cause()),
            parked -> new Park<>(Unhandled.NOT_RUN + parked.reason()));
  }

  private Resolved<E, S> handler(Continuations.Known<?> known, Cause cause) {
    var continuation = known.continuation();
    Optional<Resolved<E, S>> run =
        definition
            .handlerOf(continuation, cause)
            .map(handler -> new Run<>(handler, known.context(), cause));
    return run.orElseGet(
        () ->
            cause.fold(
                outcome -> new Park<>(Unhandled.NOT_RUN + missing(continuation, "outcome")),
                late -> new Run<>((state, context, of, next) -> next, known.context(), cause),
                alarm -> new Park<>(Unhandled.NOT_RUN + missing(continuation, "alarm"))));
  }

  private static String missing(Continuation<?> continuation, String handler) {
    return "Continuation '%s' has no handler; give it one with on.%s(…), and redrive."
        .formatted(continuation.name(), handler);
  }

  /**
   * Serializes a continuation for an outcome or an alarm.
   *
   * @throws RuntimeException if it has no such handler, or its context cannot be persisted
   */
  StoredContinuation freeze(Continuation.Bound<?> then, boolean forAlarm) {
    var continuation = then.continuation();
    var handled =
        forAlarm
            ? definition.handlesAlarmsOf(continuation)
            : definition.handlesOutcomesOf(continuation);
    if (!handled || !continuations.defines(continuation)) {
      throw new IllegalStateException(missing(continuation, forAlarm ? "alarm" : "outcome"));
    }
    var frozen = then.freeze();
    rules.freezes().accept(then, frozen);
    return frozen;
  }
}
