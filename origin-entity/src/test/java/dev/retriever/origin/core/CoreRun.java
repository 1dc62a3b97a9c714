package dev.retriever.origin.core;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Later;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Samples;
import dev.retriever.origin.core.Decision.Effect;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** An origin without its actor: what the core decides is journaled and applied at once. */
public final class CoreRun {
  public static final String POOL = "here#1";

  public final OriginCore core;
  final List<OriginEvent> journal = new ArrayList<>();
  public OriginState state = OriginState.empty();
  public Instant now = Samples.START;
  double random = 0.5;

  public CoreRun() {
    this(new OriginCore(100, Long.MAX_VALUE, 3, Set.of("bulk"), Retention.FOREVER));
  }

  public CoreRun(OriginCore core) {
    this.core = core;
  }

  public Decision take(Decision decision) {
    journal.addAll(decision.events());
    for (var event : decision.events()) {
      state = state.apply(event);
    }
    return decision;
  }

  public CoreRun pass(Duration duration) {
    now = now.plus(duration);
    return this;
  }

  public Decision submit(String id, FetchSpec spec) {
    return take(core.submit(state, id, spec, now, Optional.of(POOL)));
  }

  public Decision submitWithoutRoom(String id, FetchSpec spec) {
    return take(core.submit(state, id, spec, now, Optional.empty()));
  }

  public Decision report(String id, int attempt, Report report) {
    return take(
        core.report(state, new AttemptKey("origin", "o", id, attempt), report, now, random));
  }

  public Decision move(String id, Later later) {
    return take(new Scheduling(core).move(state, id, later, now));
  }

  public Decision cancel(String id) {
    return take(core.cancel(state, id, now));
  }

  Decision unheard(String id, int attempt, Report report) {
    var findings = List.of(new OriginCore.Finding(id, attempt, report));
    return take(Collected.unheard(core, state, findings, now, random));
  }

  /** Without room for any attempt. */
  Decision fire() {
    return take(Collected.fire(core, state, now, random, 64, Map.of()));
  }

  /** With room for the next attempt of that fetch, which is due to start. */
  Decision start(String id) {
    var due = state.starts().due(now, 64).stream().anyMatch(a -> a.payload().id().equals(id));
    if (!due) {
      throw new AssertionError("no attempt of " + id + " is due at " + now);
    }
    return take(Collected.fire(core, state, now, random, 64, Map.of(id, POOL)));
  }

  /** Moves to when the next attempt of that fetch is due, and starts it. */
  Decision retry(String id) {
    now = retryAt(id).orElseThrow();
    return start(id);
  }

  public Optional<Instant> retryAt(String id) {
    return state.starts().due(Instant.MAX, 1000).stream()
        .filter(alarm -> alarm.payload().id().equals(id))
        .map(alarm -> alarm.due())
        .findFirst();
  }

  /** What the wait until the next attempt is; empty when there is to be none. */
  Optional<Duration> waitAfter(String id) {
    return retryAt(id).map(at -> Duration.between(now, at));
  }

  public Optional<FetchSettled> settlement(String id) {
    var settlements =
        journal.stream()
            .filter(FetchSettled.class::isInstance)
            .map(FetchSettled.class::cast)
            .filter(event -> event.fetchId().equals(id))
            .toList();
    if (settlements.size() > 1) {
      throw new AssertionError("settled more than once: " + settlements);
    }
    return settlements.stream().findFirst();
  }

  Outcome outcome(String id) {
    return settlement(id).orElseThrow(() -> new AssertionError(id + " has not settled")).outcome();
  }

  static List<Notice> notices(Decision decision) {
    return effects(decision, Effect.Note.class, Effect.Note::notice);
  }

  static List<Integer> dispatches(Decision decision) {
    return effects(decision, Effect.Dispatch.class, Effect.Dispatch::attempt);
  }

  static List<Integer> aborts(Decision decision) {
    return effects(decision, Effect.Abort.class, Effect.Abort::attempt);
  }

  private static <E, R> List<R> effects(Decision decision, Class<E> type, Function<E, R> part) {
    return decision.effects().stream().filter(type::isInstance).map(type::cast).map(part).toList();
  }
}
