package dev.retriever.origin;

import dev.retriever.origin.Decision.Effect;
import dev.retriever.origin.OriginEvent.ContinuationHandled;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.HandlingFailed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Runs what users wrote, in the same turn as what caused it: the continuation of a fetch together
 * with its settlement. As pure as the handlers are.
 *
 * @param <C> the root of the origin's commands
 * @param <E> the root of its events
 * @param <S> its state
 */
final class Machine<C, E, S> {
  /** Cancelling in a handler runs handlers; more of them in one turn than this are a mistake. */
  private static final int MOST_HANDLERS = 1000;

  /** How reasons begin when it was not the handler that failed. */
  private static final String UNREADABLE = "not run: ";

  private final Origin<C, E, S> origin;
  private final Definition<C, E, S> definition = new Definition<>();
  private final Continuations continuations;
  private final OriginCore core;
  private final RetryPolicy handling;
  private final Consumer<Object> serializes;

  /**
   * @param handling how often a continuation that fails is tried, and how long it waits
   * @param serializes throws when an event cannot be journaled
   * @throws IllegalArgumentException when the definition contradicts itself
   */
  Machine(
      Origin<C, E, S> origin, OriginCore core, RetryPolicy handling, Consumer<Object> serializes) {
    this.origin = origin;
    this.core = core;
    this.handling = handling;
    this.serializes = serializes;
    origin.define(definition);
    this.continuations = definition.continuations();
  }

  Whole<S> empty() {
    return new Whole<>(OriginState.empty(), origin.emptyState());
  }

  /** The state after a row of the journal. */
  @SuppressWarnings("unchecked") // what is no event of ours was journaled as one of theirs
  Whole<S> apply(Whole<S> state, Object row) {
    return row instanceof OriginEvent event
        ? new Whole<>(state.fetches().apply(event), state.own())
        : new Whole<>(state.fetches().nextRow(), origin.apply(state.own(), (E) row));
  }

  /** Where a turn takes place. {@code room} tells, by fetch id, who makes its first attempt. */
  record Moment(Instant now, double random, BiFunction<String, Integer, Optional<String>> room) {}

  /** What the core decided, and what the continuations of what it settled make of it. */
  Turn<S> turn(Whole<S> state, Decision decision, Moment at) {
    return turn(state, steps -> steps.take(decision), at);
  }

  /** The same for what comes to several fetches. A handler may settle one that was to come next. */
  Turn<S> turn(Whole<S> state, Consumer<Steps> decisions, Moment at) {
    var turn = new Running(state, at);
    decisions.accept(turn);
    return turn.done();
  }

  /**
   * A command of the users.
   *
   * @throws RuntimeException what the handler throws, or that there is none
   */
  Turn<S> command(Whole<S> state, Object command, Moment at) {
    var handler =
        definition
            .handlerOf(command)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "no handler for "
                            + command.getClass().getName()
                            + "; give one with on.command("
                            + command.getClass().getSimpleName()
                            + ".class, …)"));
    @SuppressWarnings("unchecked") // it has a handler, so it is a command of theirs
    var next = handler.on(state.own(), (C) command, Next.nothing());
    var turn = new Running(state, at);
    turn.take(next);
    return turn.done();
  }

  /** Runs the continuations of those that wait to be tried again or are parked; not the others'. */
  Turn<S> redrive(Whole<S> state, List<String> fetchIds, Moment at) {
    return turn(state, steps -> fetchIds.forEach(id -> steps.take(Decision.handle(id))), at);
  }

  /** Parked fetches whose continuation this code knows: it did not when they were parked. */
  List<String> nowKnown(OriginState state) {
    return state.unhandled().values().stream()
        .filter(fetch -> fetch.parked() && fetch.reason().startsWith(UNREADABLE))
        .filter(fetch -> continuations.resolve(fetch.then()).fold(known -> true, p -> false))
        .map(Unhandled::fetchId)
        .toList();
  }

  /** A turn under way. */
  private final class Running implements Steps {
    private Whole<S> state;
    private final Moment at;
    private final List<Object> rows = new ArrayList<>();
    private final List<Effect> effects = new ArrayList<>();
    private final List<Next.Reply<S, ?>> replies = new ArrayList<>();
    private int handlers;

    private Running(Whole<S> state, Moment at) {
      this.state = state;
      this.at = at;
    }

    private Turn<S> done() {
      if (!rows.isEmpty()) {
        core.forget(state.fetches(), at.now()).ifPresent(this::add);
      }
      return new Turn<>(List.copyOf(rows), List.copyOf(effects), List.copyOf(replies));
    }

    private void add(Object row) {
      rows.add(row);
      state = apply(state, row);
    }

    @Override
    public OriginState state() {
      return state.fetches();
    }

    @Override
    public void take(Decision decision) {
      for (var effect : decision.effects()) {
        if (effect instanceof Effect.Handle handle) {
          handleAgain(handle.fetchId());
        } else {
          effects.add(effect);
        }
      }
      for (var event : decision.events()) {
        add(event);
        if (event instanceof FetchSettled) {
          state.fetches().settling().ifPresent(settled -> handle(settled, false));
        }
      }
    }

    private void handleAgain(String fetchId) {
      var unhandled = state.fetches().unhandled().get(fetchId);
      if (unhandled != null) {
        handle(unhandled, true);
      }
    }

    /** Everything the handler asks for, or nothing of it and that it failed. */
    private void handle(Unhandled fetch, boolean again) {
      var resolved = continuations.resolve(fetch.then());
      if (resolved instanceof Continuations.Parked parked) {
        add(
            new HandlingFailed(
                fetch.fetchId(), UNREADABLE + parked.reason(), at.now(), Optional.empty()));
        return;
      }
      var known = ((Continuations.Known<?>) resolved).bound();
      var before = new Mark();
      try {
        if (++handlers > MOST_HANDLERS) {
          throw new IllegalStateException("more than " + MOST_HANDLERS + " handlers in one turn");
        }
        if (again) {
          add(new ContinuationHandled(fetch.fetchId(), at.now()));
        }
        var handler = definition.handlerOf(known.continuation());
        take(handler.on(state.own(), known.context(), fetch.outcome(), Next.nothing()));
      } catch (RuntimeException e) {
        before.goBack();
        add(new HandlingFailed(fetch.fetchId(), reason(e), at.now(), retryAt(fetch)));
      }
    }

    private Optional<Instant> retryAt(Unhandled fetch) {
      var tries = fetch.tries() + 1;
      return tries >= handling.maxAttempts()
          ? Optional.empty()
          : Optional.of(at.now().plus(handling.backoff(tries, at.random())));
    }

    private void take(Next<E, S> next) {
      for (var event : next.events()) {
        serializes.accept(event);
        add(event);
      }
      next.fetches().forEach(this::accept);
      for (var id : next.cancelled()) {
        if (state.fetches().pending(id).isPresent()) {
          take(core.cancel(state.fetches(), id, at.now()));
        }
      }
      replies.addAll(next.replies());
    }

    private void accept(Next.NewFetch fetch) {
      // Unique in its origin, and the same whenever this turn is taken again.
      var id = fetch.id().orElseGet(() -> "row-" + (state.fetches().row() + 1));
      if (!continuations.defines(fetch.then().continuation())) {
        throw new IllegalStateException(
            "continuation "
                + fetch.then().continuation().name()
                + " has no handler; give one with on.outcome(…)");
      }
      var then = Optional.of(fetch.then().freeze());
      var known = core.knows(state.fetches(), id, at.now());
      var executor = known ? Optional.<String>empty() : at.room().apply(id, 1);
      var decision = core.submit(state.fetches(), id, fetch.spec(), then, at.now(), executor);
      switch (decision.verdict()) {
        case ACCEPTED, EXISTING -> take(decision);
        default ->
            throw new IllegalStateException("fetch " + id + " is refused: " + decision.verdict());
      }
    }

    private String reason(RuntimeException e) {
      return e.getClass().getName() + (e.getMessage() == null ? "" : ": " + e.getMessage());
    }

    /** A place to go back to, as if nothing had been asked for since. */
    private final class Mark {
      private final Whole<S> marked = state;
      private final int rowCount = rows.size();
      private final int effectCount = effects.size();
      private final int replyCount = replies.size();

      private void goBack() {
        state = marked;
        rows.subList(rowCount, rows.size()).clear();
        effects.subList(effectCount, effects.size()).clear();
        replies.subList(replyCount, replies.size()).clear();
      }
    }
  }
}
