package dev.retriever.origin.entity;

import dev.retriever.alarms.AlarmTimer;
import dev.retriever.executor.memory.ByteOwners;
import dev.retriever.executor.trace.TraceContext;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.Lease;
import dev.retriever.origin.OriginEvent.BodiesErased;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OutcomePage;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.callback.Callback;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.callback.Endpoints;
import dev.retriever.origin.core.AttemptRoom;
import dev.retriever.origin.core.Decision;
import dev.retriever.origin.core.Decision.Effect;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.core.Turn;
import dev.retriever.origin.delivery.Deliveries;
import dev.retriever.origin.erasure.Erasures;
import dev.retriever.origin.queued.QueueDesk;
import dev.retriever.origin.queued.QueuedOrigin;
import dev.retriever.origin.span.OriginTraces;
import dev.retriever.origin.view.OutcomePages;
import dev.retriever.origin.view.Views;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;

/**
 * Does for one origin what follows when a turn is durable: dispatches attempts, answers callers and
 * arms the timer. Belongs to one actor.
 */
public final class AfterCommit<S> implements AttemptRoom, Decision.Carrier {
  /**
   * The alarm clock looks at an origin that it has just woken again only after 3 s, and a recovery
   * takes time.
   */
  private static final Duration SHORTLY = Duration.ofSeconds(4);

  private final OriginNode<S> node;
  private final OriginHome home;
  private final AlarmTimer<Object> timer;
  private final Waiters waiters;
  private final Subscribers subscribers;
  private final OutcomePages pages;
  private final Replies replies;
  private final Notes notes;
  private final Permits permits;
  private final DelayedDispatches delayed;
  private final Runnable roomMade;

  private final HeldBodies held;
  private final QueuedOrigin queued;
  private final QueueDesk<S> queues;

  private final Erasures erasures;
  private final OriginTraces traces;

  private int pendingCounted;

  /** The turn that is carried out, or was last. */
  private Optional<Turn<S>> carried = Optional.empty();

  AfterCommit(
      OriginNode<S> node,
      OriginHome home,
      TimerScheduler<Object> timers,
      Logger log,
      ByteOwners memory,
      Consumer<Object> self) {
    this.node = node;
    this.home = home;
    this.timer =
        new AlarmTimer<>(timers, new OriginCommand.TimerFired(), node.clock(), node.nanos());
    this.waiters = new Waiters(node.settings().maxWaiters());
    this.subscribers = new Subscribers(node.settings().maxWaiters());
    this.pages = new OutcomePages(node.machine().rules().core(), node.settings().maxReplyBody());
    this.replies =
        new Replies(
            home.type(), home.id(), node.settings().maxReplyBody(), node.machine().rules().core());
    this.notes = new Notes(home, log, node.counters(), this::trace);
    this.queued = new QueuedOrigin(home.type(), home.id(), home.persistenceId());
    this.permits = new Permits(node.pools(), home::key, node.bodies()::fits, this::hasPlace);
    this.held = new HeldBodies(memory, HeldBodies.owner(home.type(), home.id()));
    this.delayed =
        new DelayedDispatches(
            (body, limit) -> node.bodies().read(home.persistenceId(), body, limit),
            (request, delivery) ->
                new Deliveries(home.type(), home.id())
                    .complete(request, delivery, home.persistenceId(), node.bodies().rows()),
            node.nanos(),
            finding -> self.accept(new OriginCommand.Unheard(List.of(finding))),
            log);
    this.erasures =
        new Erasures(
            node.eraser(),
            home.persistenceId(),
            (fetchId, row) -> self.accept(new OriginCommand.Overwritten(fetchId, row)),
            log);
    this.traces = new OriginTraces(node.traces(), home.type(), home.id(), node.clock());
    this.roomMade = () -> self.accept(new OriginCommand.RoomMade());
    this.queues = new QueueDesk<>(queued, node.queues(), node.clock(), node.nanos(), timers, self);
  }

  public Replies replies() {
    return replies;
  }

  QueueDesk<S> queues() {
    return queues;
  }

  Waiters waiters() {
    return waiters;
  }

  /** Takes out all waiting callers, as the commands with which they can wait elsewhere. */
  List<OriginCommand> takeWaiting() {
    var all = new ArrayList<OriginCommand>(waiters.takeAll(node.reading()));
    all.addAll(subscribers.takeAll(node.reading()));
    return all;
  }

  Subscribers subscribers() {
    return subscribers;
  }

  /** The outcomes after the place in that command; an empty page when there is none yet. */
  OutcomePage page(OriginState state, OriginCommand.NextOutcomes asked) {
    return page(state, asked, Map.of());
  }

  private OutcomePage page(
      OriginState state, OriginCommand.NextOutcomes asked, Map<Long, FetchView> atHand) {
    return asked
        .after()
        .map(row -> pages.after(state, row, asked.limit(), node.clock().instant(), atHand))
        .orElseGet(() -> OutcomePages.none(state));
  }

  /** The timer fired, and what is due is about to be handled. */
  void timerFired(OriginState state) {
    timer.fired();
    var now = node.clock().instant();
    nextAlarm(state)
        .filter(due -> !due.isAfter(now))
        .ifPresent(due -> node.meter().fired(Duration.between(due, now)));
  }

  void leave() {
    permits.leave();
  }

  @Override
  public Optional<Verdict> refusal(FetchSpec spec, long taken) {
    return held.refusal(spec, taken);
  }

  @Override
  public long held(PendingFetch fetch) {
    return HeldBodies.bytes(fetch);
  }

  @Override
  public Optional<Verdict> refusal(QueueChoice choice) {
    return node.queues().refusal(queued.tenant(), queued.ownKey(), choice);
  }

  @Override
  public Optional<Lease> pass(FetchSpec spec) {
    return spec.queue()
        .filter(choice -> spec.timeout().compareTo(Lease.LONGEST_WITH_PASS) <= 0)
        .flatMap(choice -> node.queues().pass(choice.name()));
  }

  @Override
  public String ownKey() {
    return home.persistenceId();
  }

  @Override
  public Endpoints endpoints() {
    return node.endpoints();
  }

  @Override
  public String tenant() {
    return queued.tenant();
  }

  private boolean hasPlace(PendingFetch fetch) {
    return fetch.spec().delivers().map(Callback::to).map(this::isHeard).orElse(true);
  }

  private boolean isHeard(CallbackChoice to) {
    return endpoints().standing(tenant(), to).fold(settings -> true, reason -> true, () -> false);
  }

  @Override
  public Optional<String> granted(PendingFetch fetch) {
    return permits.granted(fetch);
  }

  boolean awaitsRoom() {
    return permits.awaitsRoom();
  }

  private Optional<TraceContext> trace(String fetchId) {
    return carried
        .flatMap(
            turn ->
                turn.before()
                    .fetches()
                    .pending(fetchId)
                    .or(() -> turn.after().fetches().pending(fetchId)))
        .map(traces::of);
  }

  /** Where the trace of a fetch is, for the one who reads how long it took. */
  Optional<TraceContext> measured(PendingFetch fetch) {
    return traces.measured(fetch);
  }

  /** The permit is released after the turn, if the turn does not use it. */
  @Override
  public Optional<String> first(String fetchId, FetchSpec spec) {
    return permits.first(fetchId, spec);
  }

  @Override
  public Map<String, String> next(OriginState state, Instant until, int limit) {
    var granted = permits.next(state, until, limit);
    permits.awaitRoom(home.toString(), roomMade);
    return granted;
  }

  /** Carries out a turn whose rows are durable. */
  public void of(Turn<S> turn, FullState<S> state) {
    traces.durable(turn);
    carried = Optional.of(turn);
    turn.effects().forEach(effect -> effect.carryOut(this));
    permits.letGo();
    permits.awaitRoomForGrants(home.toString(), roomMade);
    for (var row : turn.rows()) {
      if (row instanceof FetchSettled settled && waiters.isWaitedFor(settled.fetchId())) {
        waiters.settled(settled.fetchId(), replies.settled(state.fetches(), settled));
      }
    }
    if (!subscribers.isEmpty()) {
      tellSubscribers(turn, state.fetches());
    }
    turn.replies().forEach(reply -> reply.send(state.own()));
    countPending(state.fetches());
    held.changed(turn.rows(), state.fetches());
    queues.durable(state.fetches());
    eraseWithoutSnapshot(turn, state.fetches());
    timer.arm(nextAlarm(state.fetches()));
  }

  /** Nobody will say that a snapshot is saved. */
  private void eraseWithoutSnapshot(Turn<S> turn, OriginState state) {
    if (!node.snapshots().possible()
        && turn.rows().stream().anyMatch(row -> row instanceof BodiesErased)) {
      erasures.begin(state, state.row());
    }
  }

  /** The state at that row is saved. */
  void saved(OriginState state, long row) {
    erasures.begin(state, row);
  }

  private void tellSubscribers(Turn<S> turn, OriginState state) {
    var atHand = new HashMap<Long, FetchView>();
    for (var row : turn.rows()) {
      if (row instanceof FetchSettled settled && settled.told().isEmpty()) {
        var fetch = state.settled(settled.fetchId()).orElseThrow();
        var view = Views.settled(home.type(), home.id(), fetch.acceptedAt(), settled);
        atHand.put(fetch.row(), view);
      }
    }
    if (!atHand.isEmpty()) {
      subscribers.tell(asked -> page(state, asked, atHand));
    }
  }

  @Override
  public void dispatch(Effect.Dispatch dispatch) {
    var key = home.key(dispatch.fetchId(), dispatch.attempt());
    permits.used(key);
    // If the pool's node has just left, the alarm clock finds the attempt among the lost ones.
    node.pools()
        .withId(dispatch.poolId())
        .ifPresent(pool -> delayed.dispatch(pool, key, traces.traced(dispatch)));
  }

  @Override
  public void abort(Effect.Abort abort) {
    var key = home.key(abort.fetchId(), abort.attempt());
    delayed.abort(key);
    // Without its node the attempt is gone already.
    node.pools().withId(abort.poolId()).ifPresent(pool -> pool.abort(key));
  }

  @Override
  public void note(Effect.Note note) {
    notes.take(note);
  }

  @Override
  public void endpointGone(Effect.EndpointGone gone) {
    endpoints().gone(tenant(), gone.endpoint());
  }

  @Override
  public void handlerFailed(Effect.HandlerFailed failed) {
    notes.take(failed);
  }

  /**
   * Whether the origin may leave memory. With pending work it may if the alarm clock wakes it: for
   * its alarms, and when a pool is gone. It stays while callers wait here, fetches wait for room,
   * or a queue has not heard what it was told.
   */
  boolean maySleep(OriginState state, Instant now) {
    if (!node.woken()) {
      return state.idle() && queues.isQuiet();
    }
    return queues.isQuiet()
        && waiters.isEmpty(node.reading())
        && delayed.isEmpty()
        && subscribers.isEmpty(node.reading())
        && !OpenAttempts.anyDirect(state)
        && !state.awaitsRoom(now)
        && state.wakeAt(now).filter(at -> !at.isAfter(now.plus(SHORTLY))).isEmpty();
  }

  /** Whether work has been overdue for a while and the timer has not fired. */
  boolean hasMissed(OriginState state, Instant now) {
    return state.wakeAt(now).filter(at -> at.isBefore(now.minus(SHORTLY))).isPresent();
  }

  /** Whether an alarm is due now. */
  boolean isDue(OriginState state, Instant now) {
    return nextAlarm(state).filter(at -> !at.isAfter(now)).isPresent();
  }

  /**
   * Arms the timer again: the wall clock may have been set, the machine suspended, or a message of
   * the timer lost.
   */
  void lookAtTheClock(OriginState state) {
    timer.arm(nextAlarm(state));
    queues.lookAtTheClock();
  }

  /** The turn failed: nothing of it is carried out. */
  void dropped() {
    permits.letGo();
  }

  void recovered(OriginState state) {
    permits.letGo();
    countPending(state);
    held.recovered(state);
    queues.recovered(state);
    node.machine().rules().core().stranded(state).forEach(notes::stranded);
    // The timer may have fired before this recovery; its message is lost then.
    timer.fired();
    timer.arm(nextAlarm(state));
  }

  /** This incarnation ends; the next one counts and reserves for itself. */
  void letGo() {
    delayed.letGo();
    permits.letGo();
    held.letGo();
    node.counters().pendingChanged(-pendingCounted);
    pendingCounted = 0;
  }

  private void countPending(OriginState state) {
    node.counters().pendingChanged(state.pending().size() - pendingCounted);
    pendingCounted = state.pending().size();
  }

  /**
   * Starts that wait for room are tried again when there is room, or after {@code room-recheck}.
   */
  private Optional<Instant> nextAlarm(OriginState state) {
    var now = node.clock().instant();
    return state.nextAlarm(permits.nextStart(state, now, node.settings().roomRecheck()));
  }
}
