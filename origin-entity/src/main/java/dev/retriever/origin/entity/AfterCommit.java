package dev.retriever.origin.entity;

import dev.retriever.alarms.AlarmTimer;
import dev.retriever.executor.memory.ByteOwners;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OutcomePage;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.AttemptRoom;
import dev.retriever.origin.core.Decision;
import dev.retriever.origin.core.Decision.Effect;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.Turn;
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
 * What one origin does once a turn is durable: attempts are dispatched, callers answered, the timer
 * armed. Belongs to one actor.
 */
public final class AfterCommit<S> implements AttemptRoom, Decision.Carrier {
  /**
   * A clock that has just woken it looks at it again after 3 s only; to come back takes a while.
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

  private int pendingCounted;

  AfterCommit(
      OriginNode<S> node,
      OriginHome home,
      TimerScheduler<Object> timers,
      Logger log,
      ByteOwners memory,
      Consumer<OriginCommand> self) {
    this.node = node;
    this.home = home;
    this.timer =
        new AlarmTimer<>(timers, new OriginCommand.TimerFired(), node.clock(), node.nanos());
    this.waiters = new Waiters(node.settings().maxWaiters());
    this.subscribers = new Subscribers(node.settings().maxWaiters());
    this.pages = new OutcomePages(node.machine().rules().core(), node.settings().maxReplyBody());
    this.replies =
        new Replies(home.id(), node.settings().maxReplyBody(), node.machine().rules().core());
    this.notes = new Notes(home.toString(), log, node.counters());
    this.permits = new Permits(node.pools(), home::key, node.bodies()::fits);
    this.held = new HeldBodies(memory, HeldBodies.owner(home.type(), home.id()));
    this.delayed =
        new DelayedDispatches(
            (body, limit) -> node.bodies().read(home.persistenceId(), body, limit),
            node.nanos(),
            finding -> self.accept(new OriginCommand.Unheard(List.of(finding))),
            log);
    this.roomMade = () -> self.accept(new OriginCommand.RoomMade());
  }

  public Replies replies() {
    return replies;
  }

  Waiters waiters() {
    return waiters;
  }

  /** Those who wait here, for whatever, and from now on do so elsewhere. */
  List<OriginCommand> takeWaiting() {
    var all = new ArrayList<OriginCommand>(waiters.takeAll(node.reading()));
    all.addAll(subscribers.takeAll(node.reading()));
    return all;
  }

  Subscribers subscribers() {
    return subscribers;
  }

  /** What settled after the place of the one who asks, or nothing when that is yet to come. */
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
  void timerFired() {
    timer.fired();
  }

  void leave() {
    permits.leave();
  }

  @Override
  public Optional<Verdict> refusal(FetchSpec spec) {
    return held.refusal(spec);
  }

  boolean awaitsRoom() {
    return permits.awaitsRoom();
  }

  /** The permit is let go after the turn, if it is not used. */
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

  /** What that turn came to is durable. */
  public void of(Turn<S> turn, FullState<S> state) {
    turn.effects().forEach(effect -> effect.carryOut(this));
    permits.letGo();
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
    timer.arm(nextAlarm(state.fetches()));
  }

  private void tellSubscribers(Turn<S> turn, OriginState state) {
    var atHand = new HashMap<Long, FetchView>();
    for (var row : turn.rows()) {
      if (row instanceof FetchSettled settled) {
        var fetch = state.settled(settled.fetchId()).orElseThrow();
        var view = Views.settled(home.id(), fetch.acceptedAt(), settled, List.of());
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
    // When its node has just left, the clock finds the attempt among those that are lost.
    node.pools().withId(dispatch.poolId()).ifPresent(pool -> delayed.dispatch(pool, key, dispatch));
  }

  @Override
  public void abort(Effect.Abort abort) {
    var key = home.key(abort.fetchId(), abort.attempt());
    delayed.abort(key);
    // Without its node it is gone already.
    node.pools().withId(abort.poolId()).ifPresent(pool -> pool.abort(key));
  }

  @Override
  public void note(Effect.Note note) {
    notes.take(note);
  }

  @Override
  public void handlerFailed(Effect.HandlerFailed failed) {
    notes.take(failed);
  }

  /**
   * Whether it may leave memory. With work pending, if somebody wakes it: for its alarms, and when
   * an executor is gone. Not while others wait here for its fetches, or these for room.
   */
  boolean maySleep(OriginState state, Instant now) {
    if (!node.woken()) {
      return state.idle();
    }
    return waiters.isEmpty(node.reading())
        && delayed.isEmpty()
        && subscribers.isEmpty(node.reading())
        && !OpenAttempts.anyDirect(state)
        && !state.awaitsRoom(now)
        && state.wakeAt(now).filter(at -> !at.isAfter(now.plus(SHORTLY))).isEmpty();
  }

  /** Whether it should have been at work for a while, and its timer has not called it. */
  boolean hasMissed(OriginState state, Instant now) {
    return state.wakeAt(now).filter(at -> at.isBefore(now.minus(SHORTLY))).isPresent();
  }

  /** Whether its timer should have rung by now, or is about to. */
  boolean isDue(OriginState state, Instant now) {
    return nextAlarm(state).filter(at -> !at.isAfter(now)).isPresent();
  }

  /** The clock may have been set since, the machine suspended, or a ring lost. */
  void lookAtTheClock(OriginState state) {
    timer.arm(nextAlarm(state));
  }

  /** Nothing came of the turn. */
  void dropped() {
    permits.letGo();
  }

  void recovered(OriginState state) {
    permits.letGo();
    countPending(state);
    held.recovered(state);
    node.machine().rules().core().stranded(state).forEach(notes::stranded);
    // What it was armed for may have rung while nobody was there to hear it.
    timer.fired();
    timer.arm(nextAlarm(state));
  }

  /** This incarnation ends; the next will count and reserve for itself. */
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

  /** Starts that wait for room are looked at again when there is some, or after a while. */
  private Optional<Instant> nextAlarm(OriginState state) {
    var now = node.clock().instant();
    return state.nextAlarm(permits.nextStart(state, now, node.settings().roomRecheck()));
  }
}
