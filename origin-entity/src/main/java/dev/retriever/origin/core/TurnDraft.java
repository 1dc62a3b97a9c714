package dev.retriever.origin.core;

import dev.retriever.alarms.Schedule;
import dev.retriever.executor.Utf8;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Lease;
import dev.retriever.origin.Next;
import dev.retriever.origin.OriginEvent.ContinuationHandled;
import dev.retriever.origin.OriginEvent.HandlingFailed;
import dev.retriever.origin.StoredContinuation;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.Decision.Effect;
import dev.retriever.origin.core.Machine.Moment;
import dev.retriever.origin.core.lines.Spot;
import dev.retriever.origin.core.schedules.Ticking;
import dev.retriever.origin.queue.wire.Granted.Grant;
import dev.retriever.origin.queue.wire.Told.Why;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A turn under way. Decisions and the wishes of handlers become rows, one after the other, each on
 * the state after the ones before it. Made for one turn.
 */
final class TurnDraft<C, E, S> implements Steps, Next.Granter<E, S> {
  /**
   * A handler that cancels a fetch runs another handler; more than this in one turn are a mistake.
   */
  private static final int MOST_HANDLERS = 1000;

  private final Machine<C, E, S> machine;
  private final Machine.Rules rules;
  private final Moment at;
  private final FullState<S> before;
  private FullState<S> state;
  private final List<Object> rows = new ArrayList<>();

  /** How many rows say again that all before them is forgotten: 1, or 0. */
  private final int anew;

  private final List<Effect> effects = new ArrayList<>();
  private final List<Next.Reply<S, ?>> replies = new ArrayList<>();
  private int handlers;
  private int ticks;

  TurnDraft(Machine<C, E, S> machine, FullState<S> state, Moment at) {
    this.machine = machine;
    this.rules = machine.rules();
    this.before = state;
    this.state = state;
    this.at = at;
    if (mayBeForgotten()) {
      // The row that stood for it may be deleted, too: no key refuses these rows then, and they are
      // the first of the journal.
      machine.forgotten(state, at.now()).ifPresent(this::add);
    }
    anew = rows.size();
  }

  private boolean mayBeForgotten() {
    return state().row() > 0 && core().showsNone(state(), now());
  }

  Turn<S> done() {
    if (rows.size() == anew) {
      return new Turn<>(
          at.now(), List.of(), List.copyOf(effects), List.copyOf(replies), before, before);
    }
    new Ticking(new TurnSchedules(this)).startWaiting();
    rules.core().forget(state(), at.now()).ifPresent(this::add);
    return new Turn<>(
        at.now(), List.copyOf(rows), List.copyOf(effects), List.copyOf(replies), before, state);
  }

  String originId() {
    return at.originId();
  }

  Instant now() {
    return at.now();
  }

  double random() {
    return at.random();
  }

  AttemptRoom room() {
    return at.room();
  }

  Machine.Rules rules() {
    return rules;
  }

  OriginCore core() {
    return rules.core();
  }

  boolean knows(String fetchId) {
    return core().knows(state(), fetchId, now());
  }

  /** Handles a command of the users. */
  void command(Object command) {
    @SuppressWarnings("unchecked") // it has a handler, so it is a command of theirs
    var own = (C) command;
    machine.handlerOf(command).on(state.own(), own, nothing()).grant(this);
  }

  Decision submit(String id, FetchSpec given, Optional<StoredContinuation> then) {
    var spec = Callbacks.named(given, room());
    var queued = spec.queue().map(choice -> spec.queue(choice.without(room().ownKey())));
    var isNew = !knows(id);
    // What a callback sends, and where, is looked up when its attempt begins.
    var isNow = Acceptance.beginsAt(spec, now()).isEmpty() && spec.delivers().isEmpty();
    var pass = isNew && isNow && queued.isPresent() ? room().pass(spec) : Optional.<Lease>empty();
    var mayStart = isNew && isNow && (queued.isEmpty() || pass.isPresent());
    var poolId = mayStart ? room().first(id, spec) : Optional.<String>empty();
    var lease = poolId.flatMap(pool -> pass);
    return core().submit(state(), id, queued.orElse(spec), then, now(), poolId, lease);
  }

  /** Keeps what these submissions give only if each is accepted, or was before. */
  List<Verdict> allOrNone(Supplier<List<Verdict>> submissions) {
    var before = new Mark();
    var verdicts = submissions.get();
    if (!verdicts.stream().allMatch(Input.SubmitAll::isDone)) {
      before.goBack();
    }
    return verdicts;
  }

  /** An attempt begins with that grant; or why none does. */
  Optional<Why> use(Grant grant) {
    var lease = grant.lease();
    var lines = state().lines();
    if (lease.grantNo() <= lines.used(lease.queue())) {
      return Optional.of(Why.STALE);
    }
    var key = Optional.of(grant.key()).filter(it -> !it.equals(room().ownKey()));
    var spot = new Spot(key, grant.priority());
    var next =
        lease.strict()
            ? lines.strictlyNext(lease.queue(), spot, now())
            : lines.next(lease.queue(), spot, now());
    if (next.isEmpty()) {
      return Optional.of(lines.isWaiting(lease.queue(), spot) ? Why.NOT_READY : Why.NOTHING_WAITS);
    }
    var fetch = state().pending().get(next.get());
    var poolId = room().granted(fetch);
    if (poolId.filter(id -> begin(fetch, id, Optional.of(lease))).isEmpty()) {
      return Optional.of(Why.NO_ROOM);
    }
    // A callback whose endpoint is gone settles instead, and its grant is not used.
    return state().pending(fetch.id()).flatMap(PendingFetch::open).isPresent()
        ? Optional.empty()
        : Optional.of(Why.NOTHING_WAITS);
  }

  /** The empty {@link Next} for the next handler. */
  Next<E, S> nothing() {
    return Next.nothing(at.originId(), at.now(), state.fetches());
  }

  @Override
  public OriginState state() {
    return state.fetches();
  }

  @Override
  public Verdict take(Decision decision) {
    effects.addAll(decision.effects());
    for (var event : decision.events()) {
      var telling = Callbacks.Telling.of(state(), event);
      add(event);
      state().arising().ifPresent(arisen -> handle(arisen, false));
      telling.ifPresent(it -> take(new Callbacks(core()).tell(state(), it, room(), now())));
    }
    return decision.verdict();
  }

  @Override
  public boolean begin(PendingFetch fetch, String poolId, Optional<Lease> lease) {
    var begun =
        fetch.spec().delivers().isPresent()
            ? new Callbacks(core()).start(state(), fetch, room(), now(), poolId, lease)
            : Optional.of(core().start(fetch, now(), poolId, lease));
    begun.ifPresent(this::take);
    return begun.isPresent();
  }

  private void add(Object row) {
    rows.add(row);
    state = machine.apply(state, row);
  }

  @Override
  public void handle(String key) {
    var unhandled = state().unhandled().get(key);
    if (unhandled == null) {
      return;
    }
    handle(unhandled, true);
    if (unhandled.cause() instanceof Cause.OfOutcome outcome
        && !state().unhandled().containsKey(key)) {
      // Late answers have waited for the outcome to be handled.
      state().unhandled().values().stream()
          .filter(other -> other.concerns(outcome.fetchId()))
          .forEach(late -> handle(late, true));
    }
  }

  @Override
  public void tick(String scheduleId, int most) {
    new Ticking(new TurnSchedules(this)).tick(scheduleId, most);
  }

  @Override
  public void backfill(String scheduleId) {
    new Ticking(new TurnSchedules(this)).backfill(scheduleId);
  }

  /** Whether one more tick of a schedule may be decided in this turn. */
  boolean takesTick() {
    return ticks++ < Ticking.MOST_TICKS;
  }

  /** Adds everything that the handler asks for; or, when it fails, only the failure. */
  private void handle(Unhandled unhandled, boolean again) {
    machine
        .resolve(unhandled)
        .<Runnable>fold(
            run -> () -> runInTurn(unhandled, run, again),
            park -> () -> fail(unhandled, park.reason(), Optional.empty(), Optional.empty()))
        .run();
  }

  private void runInTurn(Unhandled unhandled, Machine.Run<E, S> handler, boolean again) {
    if (isEarly(unhandled.cause())) {
      var reason = "waits until the outcome of its fetch is handled";
      add(new HandlingFailed(unhandled.key(), reason, at.now(), Optional.empty()));
    } else {
      run(unhandled, handler, again);
    }
  }

  private void run(Unhandled unhandled, Machine.Run<E, S> handler, boolean again) {
    var before = new Mark();
    try {
      if (++handlers > MOST_HANDLERS) {
        throw new IllegalStateException("more than " + MOST_HANDLERS + " handlers in one turn");
      }
      if (again) {
        add(new ContinuationHandled(unhandled.key(), at.now()));
      }
      handler.on(state.own(), nothing()).grant(this);
    } catch (RuntimeException e) {
      before.goBack();
      fail(unhandled, reason(e), retryAt(unhandled), Optional.of(e));
    }
  }

  /** Whether the outcome is still unhandled: it is handled before a late answer. */
  private boolean isEarly(Cause cause) {
    return cause instanceof Cause.OfLateAnswer late
        && state().unhandled().containsKey(Cause.keyOf(late.fetchId()));
  }

  private void fail(
      Unhandled unhandled,
      String reason,
      Optional<Instant> retryAt,
      Optional<RuntimeException> thrown) {
    var failed = new HandlingFailed(unhandled.key(), reason, at.now(), retryAt);
    add(failed);
    effects.add(new Effect.HandlerFailed(failed, thrown.filter(e -> unhandled.tries() == 0)));
  }

  private static String reason(RuntimeException e) {
    // The reason is journaled, so it must be encodable text.
    return Utf8.repaired(
        e.getClass().getName() + (e.getMessage() == null ? "" : ": " + e.getMessage()));
  }

  private Optional<Instant> retryAt(Unhandled unhandled) {
    var tries = unhandled.tries() + 1;
    return tries >= rules.handling().maxAttempts()
        ? Optional.empty()
        : Optional.of(at.now().plus(rules.handling().backoff(tries, at.random())));
  }

  @Override
  public void persist(E event) {
    rules.serializes().accept(event);
    add(event);
  }

  @Override
  public void fetch(Optional<String> givenId, FetchSpec spec, Continuation.Bound<?> then) {
    var id = givenId.orElseGet(this::unusedId);
    var frozen = Optional.of(machine.freeze(then, false));
    givenId.ifPresent(it -> Callbacks.checkId(it, spec));
    refuseWithoutQueue(id, spec);
    refuseWithoutEndpoint(id, spec);
    var decision = submit(id, spec, frozen);
    switch (decision.verdict()) {
      case ACCEPTED, EXISTING -> take(decision);
      case NO_SUCH_EXECUTOR ->
          throw new IllegalStateException(
              "fetch %s is refused: there is no pool retriever.executor.pools.%s, there are %s"
                  .formatted(id, spec.executor().orElseThrow(), rules.core().pools()));
      default ->
          throw new IllegalStateException("fetch " + id + " is refused: " + decision.verdict());
    }
  }

  /** What a handler has decided waits also in a queue that is full or draining. */
  private void refuseWithoutQueue(String id, FetchSpec spec) {
    spec.queue()
        .filter(choice -> !knows(id))
        .flatMap(choice -> room().refusal(choice))
        .filter(Verdict.NO_SUCH_QUEUE::equals)
        .ifPresent(
            verdict -> {
              throw new IllegalStateException(
                  "fetch %s is refused: there is no queue %s; make it, and redrive"
                      .formatted(id, spec.queue().orElseThrow().name()));
            });
  }

  private void refuseWithoutEndpoint(String id, FetchSpec spec) {
    Callbacks.refusal(spec, room())
        .filter(verdict -> !knows(id))
        .ifPresent(
            verdict -> {
              throw new IllegalStateException(
                  "fetch %s is refused: this node knows no callback endpoint %s; make it, and redrive"
                      .formatted(id, spec.callback().orElseThrow().endpoint()));
            });
  }

  /** An id that is unique in its origin, and the same when this turn is repeated. */
  private String unusedId() {
    return "row-" + (state().row() + 1);
  }

  @Override
  public void cancelFetch(String id) {
    if (state().pending(id).isPresent()) {
      take(rules.core().cancel(state(), id, at.now()));
    }
  }

  @Override
  public void alarm(Optional<String> givenId, Schedule schedule, Continuation.Bound<?> then) {
    var id = givenId.orElseGet(this::unusedId);
    var frozen = machine.freeze(then, true);
    var decision = rules.alarms().schedule(state(), id, schedule, frozen, at.now());
    if (decision.verdict() != Verdict.ACCEPTED) {
      throw new IllegalStateException("alarm " + id + " is refused: " + decision.verdict());
    }
    take(decision);
  }

  @Override
  public void cancelAlarm(String id) {
    take(rules.alarms().cancel(state(), id, at.now()));
  }

  @Override
  public void reply(Next.Reply<S, ?> reply) {
    replies.add(reply);
  }

  /** A mark of the turn's progress, to return to when a handler fails. */
  private final class Mark {
    private final FullState<S> marked = state;
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
