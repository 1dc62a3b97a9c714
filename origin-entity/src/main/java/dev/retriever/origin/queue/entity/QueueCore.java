package dev.retriever.origin.queue.entity;

import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueSettings.Lost;
import dev.retriever.origin.queue.QueueView;
import dev.retriever.origin.queue.core.BreakerChange;
import dev.retriever.origin.queue.core.KeyId;
import dev.retriever.origin.queue.core.OriginId;
import dev.retriever.origin.queue.core.Scheduler;
import dev.retriever.origin.queue.entity.QueueDirectory.Settled;
import dev.retriever.origin.queue.entity.QueueEvent.Incarnated;
import dev.retriever.origin.queue.wire.Heard;
import dev.retriever.origin.queue.wire.Told;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * One incarnation of a queue: puts its parts together. Each input is given in a turn, and {@link
 * #finish} ends the turn: it makes the statements that are due, and lets fetches go. What has to be
 * journaled first, is: grants are never decided in a turn that journals something before. Not
 * thread-safe.
 */
final class QueueCore {
  /** How often to look while nothing may go. */
  private static final long PATIENCE_MICROS = 100_000;

  /** The pause before a look that the last one did not ask for at once. */
  private static final long LEAST_MICROS = 1_000;

  private final String name;
  private final QueueTimes times;
  private final Scheduler scheduler;
  private final Statements statements;
  private final Fence fence;
  private final Leases leases;
  private final HeldKeys heldKeys;
  private final LineReading lines;
  private final Lingering lingering;
  private final PurgeWork purge;
  private final Passes passes;
  private final GateKeeper gate;
  private final Holds holds;
  private final Granting granting;
  private final PendingAnswers answers;
  private final OperatorChanges changes;
  private final long former;
  private QueueSettings followed;

  /** The breaker of the journal, until it is known whether its probe runs. */
  private BreakerChange restored;

  private boolean incarnated;
  private boolean wasRaised = true;
  private boolean busy;
  private boolean leaving;
  private long idleAt;
  private long nextLook;

  /**
   * @param first has the state of the journal
   */
  QueueCore(String name, QueueTimes times, QueueTurn first) {
    this.name = name;
    this.times = times;
    former = first.state().epoch();
    followed = first.settings();
    scheduler = new Scheduler(followed, first.now());
    statements = new Statements(times.storeTimeout());
    fence = new Fence(name, statements);
    leases = new Leases(name, times, scheduler, fence, statements);
    heldKeys = new HeldKeys(name, scheduler, statements);
    lines = new LineReading(name, times, scheduler, statements);
    lingering = new Lingering(name, times, leases, statements);
    purge = new PurgeWork(name, times, statements);
    passes = new Passes(name, times, statements);
    gate = new GateKeeper(name, scheduler, passes, statements);
    holds = new Holds(scheduler, fence);
    granting = new Granting(name, scheduler, fence);
    answers = new PendingAnswers(times);
    changes = new OperatorChanges(this, statements);
    idleAt = first.in(times.idle());
    recovered(first);
  }

  private void recovered(QueueTurn turn) {
    var stops = turn.state().stops();
    stops.paused().ifPresent(it -> scheduler.pause(it.until(), turn.now()));
    stops
        .held()
        .flatMap(QueueEvent.Stoppage::until)
        .ifPresent(it -> scheduler.hold(it, turn.now()));
    stops
        .heldKeys()
        .forEach((key, hold) -> hold.until().ifPresent(it -> scheduler.hold(key, it, turn.now())));
    scheduler.restore(turn.state().breaker(), turn.now());
    restored = turn.state().breaker();
    purge.begin(turn);
  }

  String name() {
    return name;
  }

  /** The epoch that it has found. Its own one may change, when its numbers are used up. */
  long former() {
    return former;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  Fence fence() {
    return fence;
  }

  Leases leases() {
    return leases;
  }

  Lingering lingering() {
    return lingering;
  }

  PurgeWork purge() {
    return purge;
  }

  GateKeeper gate() {
    return gate;
  }

  Holds holds() {
    return holds;
  }

  PendingAnswers answers() {
    return answers;
  }

  /** Operators' changes. */
  OperatorChanges changes() {
    busy = true;
    return changes;
  }

  /** When to look again by the monotonic clock, in microseconds. Changed by {@link #finish}. */
  long nextLook() {
    return nextLook;
  }

  /** Everything that an origin has here. It is heard when what follows from it is durable. */
  void told(QueueTurn turn, Told told) {
    busy = true;
    var origin = new OriginId(told.originType(), told.originId());
    var tenant = told.tenant();
    if (scheduler.told(origin, tenant, told.row(), told.lines(), turn.now())) {
      leases.uses(turn, origin, tenant, told.uses());
      heldKeys.told(turn, origin, tenant, told.held());
    }
    for (var end : told.ended()) {
      if (leases.ended(turn, origin, new KeyId(tenant, end.key()), end)) {
        ended(turn, told, end);
      }
    }
    for (var it : told.returned()) {
      scheduler.returned(it.grantNo(), it.why(), turn.now());
      leases.returned(it.grantNo());
      if (it.why() == Told.Why.STALE) {
        stale(turn);
      }
    }
    purge.told(origin, told);
    turn.send(origin, new Heard(name, told.row(), told.telling()));
  }

  private void ended(QueueTurn turn, Told told, Told.Ended end) {
    scheduler
        .ended(end.lease().grantNo(), end.how(), end.status(), turn.random(), turn.now())
        .ifPresent(change -> changed(turn, change));
    // After a move the scheduler does not know the attempt until slots are read.
    leases.keepTaken(turn, end.lease().grantNo());
    holds.asked(turn, told, end);
    if (end.how() == Told.How.LOST
        && end.lease().hasSlot()
        && turn.settings().lost() == Lost.FREE) {
      lingering.free(turn, end.lease(), (later, had) -> {});
    }
  }

  /** Another attempt may have that slot, or a newer incarnation may have begun unheard. */
  private void stale(QueueTurn turn) {
    leases.check(turn);
    fence.check(turn);
  }

  private void changed(QueueTurn turn, BreakerChange change) {
    turn.journal(new QueueEvent.BreakerChanged(change, turn.now().wall()));
    if (change.state() == BreakerChange.State.OPEN) {
      forbid(turn);
    }
  }

  /** Messages may have been lost with a node. */
  void memberLeft(QueueTurn turn) {
    leases.check(turn);
    heldKeys.check(turn);
    lines.check(turn);
  }

  /** Begins the incarnation, unless it has begun. */
  void incarnate(QueueTurn turn) {
    if (!incarnated) {
      incarnated = true;
      turn.journal(new Incarnated(turn.now().wall()));
      fence.incarnated(turn);
      leases.readAgain(turn);
      heldKeys.readAgain(turn);
      lines.begin(turn);
      gate.begin(turn);
    }
  }

  /** What was granted before, and has not begun, may not begin. */
  void forbid(QueueTurn turn) {
    fence.forbid(turn, scheduler.unanswered());
  }

  /** These settings are in force now. */
  void follow(QueueSettings settings) {
    followed = settings;
  }

  /** Whether no attempt can begin any more that the last changes forbid. */
  boolean isEffective() {
    return fence.isOpen()
        && passes.isEffective()
        && (followed.concurrency().isEmpty() || !leases.someWithoutSlot() && passes.isOver());
  }

  /** Whether nothing is known to wait or run here. */
  boolean isEmpty(QueueTurn turn) {
    return leases.isNothing()
        && scheduler.figures(turn.now()).waiting().fetches() == 0
        && scheduler.unanswered().isEmpty();
  }

  /** The queue as it is shown; empty when it has no settings. */
  Optional<QueueView> view(QueueTurn turn) {
    return turn.settled().map(settled -> QueueViews.of(this, turn, settled));
  }

  /** Ends the turn. */
  void finish(QueueTurn turn) {
    if (leaving) {
      return;
    }
    followTemplate(turn);
    if (turn.settled().isPresent()) {
      incarnate(turn);
    }
    if (fence.isUsedUp()) {
      incarnated = false;
      incarnate(turn);
    }
    scheduler.databaseAway(statements.isAway(turn.micros()), turn.now());
    expire(turn);
    readAfterRaise(turn);
    restoreProbe(turn);
    fence.look(turn);
    leases.look(turn);
    heldKeys.look(turn);
    lines.look(turn);
    lingering.look(turn);
    purge.look(turn);
    passes.look(turn);
    gate.look(turn);
    changes.look(turn);
    var decides = turn.events().isEmpty() && mayGrant(turn);
    if (decides) {
      granting.grant(turn).ifPresent(change -> changed(turn, change));
    }
    answers.look(turn, () -> view(turn));
    idle(turn);
    var again = decides && granting.hasMore() || !turn.events().isEmpty();
    nextLook = again ? turn.micros() : next(turn, decides);
  }

  private void expire(QueueTurn turn) {
    var overdue = scheduler.overdue(turn.now());
    leases.expire(turn, overdue);
    if (overdue.stream().anyMatch(Scheduler.Unanswered::probe)) {
      // It might begin late, beside the next one.
      forbid(turn);
    }
  }

  /** Settings of a template reach its queues through the table that all nodes read. */
  private void followTemplate(QueueTurn turn) {
    var settled = turn.settled().map(Settled::settings);
    if (settled.filter(it -> !it.equals(followed)).isPresent()) {
      follow(settled.get());
      scheduler.configure(followed, turn.now()).ifPresent(change -> changed(turn, change));
      forbid(turn);
      leases.readAgain(turn);
    }
  }

  /** Until the fence was raised, attempts could begin that no one has told of. */
  private void readAfterRaise(QueueTurn turn) {
    var raised = fence.isRaised();
    if (raised && !wasRaised) {
      leases.readAgain(turn);
    }
    wasRaised = raised;
  }

  /** A probe whose slot stands is waited for. The end of another one will not come. */
  private void restoreProbe(QueueTurn turn) {
    if (restored != null && leases.wereRead()) {
      if (restored.equals(turn.state().breaker())) {
        scheduler.restore(restored, turn.now());
      }
      restored = null;
    }
  }

  private boolean mayGrant(QueueTurn turn) {
    return turn.settled().isPresent()
        && fence.isOpen()
        && leases.wereRead()
        && heldKeys.wereRead()
        && lines.isEnough(turn.micros());
  }

  /**
   * Leaves memory when nothing was heard, and nothing is left to do, for the whole of that time.
   */
  private void idle(QueueTurn turn) {
    if (turn.micros() < idleAt) {
      return;
    }
    if (!busy && answers.isNothing() && purge.left() == 0 && isEmpty(turn)) {
      leave(turn);
    }
    busy = false;
    idleAt = turn.in(times.idle());
  }

  private void leave(QueueTurn turn) {
    leaving = true;
    turn.then(new QueueEffect.Leave());
  }

  private long next(QueueTurn turn, boolean decides) {
    var decision = scheduler.nextLook(turn.now()).orElse(Statements.NEVER);
    var template = turn.listed().template().isPresent();
    var next =
        LongStream.of(
                decides ? decision : Math.max(decision, turn.micros() + PATIENCE_MICROS),
                statements.next(),
                lines.enoughAt(turn.micros()),
                purge.next(),
                passes.next(),
                gate.next(),
                answers.next(),
                idleAt,
                template ? turn.in(times.directoryEvery()) : Statements.NEVER)
            .min()
            .orElseThrow();
    return Math.max(next, turn.micros() + LEAST_MICROS);
  }
}
