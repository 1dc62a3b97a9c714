package dev.retriever.origin.queued;

import dev.retriever.alarms.AlarmTimer;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.Input;
import dev.retriever.origin.core.Machine;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.Turn;
import dev.retriever.origin.queue.wire.Granted;
import dev.retriever.origin.queue.wire.Granted.Grant;
import dev.retriever.origin.queue.wire.Heard;
import dev.retriever.origin.queue.wire.PurgeUpTo;
import dev.retriever.origin.queue.wire.Queues;
import dev.retriever.origin.queue.wire.Restate;
import dev.retriever.origin.queue.wire.Revoke;
import dev.retriever.origin.queue.wire.Told.Returned;
import dev.retriever.origin.queue.wire.Told.Why;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.persistence.typed.javadsl.EffectBuilder;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;

/**
 * Speaks for one origin with its queues: handles their messages, writes their rows beside the
 * origin's own, and tells them what has changed until they have heard it. Belongs to one actor.
 */
public final class QueueDesk<S> {
  /** So many fetches of a purge are cancelled in one write. */
  private static final int PURGED_AT_ONCE = 100;

  /** Makes and carries out the turns of the origin. */
  public interface Turns<S> {
    <R> Machine.Decided<R, S> decide(FullState<S> state, Input<R> input);

    EffectBuilder<Object, FullState<S>> carryOut(Turn<S> turn);

    /** Whether the origin knows that row; if not, it leaves memory and recovers. */
    boolean knows(FullState<S> state, long row);

    /** Nothing is persisted, and nobody waits for an answer. */
    ReplyEffect<Object, FullState<S>> nothing();
  }

  private record Marked(Object row, String tag) {}

  private final QueuedOrigin origin;
  private final Clock clock;
  private final Consumer<Object> self;
  private final AlarmTimer<Object> timer;
  private final QueueTalks talks;
  private final HeldGrants held = new HeldGrants();
  private Optional<Marked> marked = Optional.empty();
  private QueuedTurn written = QueuedTurn.NOTHING;

  /** Grants with which attempts begin in the write that is under way. */
  private Set<Grant> using = Set.of();

  public QueueDesk(
      QueuedOrigin origin,
      Queues queues,
      Clock clock,
      LongSupplier nanos,
      TimerScheduler<Object> timers,
      Consumer<Object> self) {
    this.origin = origin;
    this.clock = clock;
    this.self = self;
    this.timer = new AlarmTimer<>(timers, new LookAfterQueues(), clock, nanos);
    this.talks = new QueueTalks(origin, queues::tell, clock.instant());
  }

  /** Tells again what was not heard, and uses grants that wait. */
  public ReplyEffect<Object, FullState<S>> look(FullState<S> state, Turns<S> turns) {
    timer.fired();
    talks.repeat(state.fetches(), now());
    return use(state, held.all(), Set.of(), turns);
  }

  public ReplyEffect<Object, FullState<S>> heard(
      FullState<S> state, Heard message, Turns<S> turns) {
    return done(turns, () -> talks.heard(message, state.fetches(), now()));
  }

  public ReplyEffect<Object, FullState<S>> revoke(
      FullState<S> state, Revoke message, Turns<S> turns) {
    return done(turns, () -> revoke(message, state.fetches()));
  }

  public ReplyEffect<Object, FullState<S>> restate(
      FullState<S> state, Restate message, Turns<S> turns) {
    return done(turns, () -> talks.news(message.queue(), state.fetches(), now()));
  }

  private ReplyEffect<Object, FullState<S>> done(Turns<S> turns, Runnable action) {
    action.run();
    arm();
    return turns.nothing();
  }

  /** Gives back what has been revoked before it came, and all if the origin is to recover. */
  public ReplyEffect<Object, FullState<S>> granted(
      FullState<S> state, Granted granted, Turns<S> turns) {
    var knows = turns.knows(state, granted.row());
    var talk = talks.with(granted.queue());
    var fresh = new LinkedHashSet<>(held.all());
    var back = new TreeSet<String>();
    for (var grant : granted.grants()) {
      if (!knows) {
        giveBack(grant, Why.LEAVING, back);
      } else if (talk.isRevoked(grant.lease().grantNo())) {
        giveBack(grant, Why.STALE, back);
      } else {
        fresh.add(grant);
      }
    }
    return use(state, List.copyOf(fresh), back, turns);
  }

  /**
   * A turn of its own: if the database refuses it, nobody waits for an answer.
   *
   * @param back queues that get grants back already
   */
  private ReplyEffect<Object, FullState<S>> use(
      FullState<S> state, List<Grant> grants, Set<String> back, Turns<S> turns) {
    var it = turns.decide(state, new Input.UseGrants(grants));
    using = new LinkedHashSet<>(grants);
    using.removeAll(it.answer().keySet());
    return turns
        .carryOut(it.turn())
        .thenRun((FullState<S> after) -> used(it.answer(), after.fetches(), back))
        .thenNoReply();
  }

  private void used(Map<Grant, Why> unused, OriginState state, Set<String> given) {
    var now = now();
    var back = new TreeSet<>(given);
    using.forEach(held::drop);
    using = Set.of();
    unused.forEach(
        (grant, why) -> {
          if (why != Why.NO_ROOM || !held.keep(grant, now)) {
            held.drop(grant);
            giveBack(grant, why, back);
          }
        });
    for (var grant : held.takeLapsed(state, now)) {
      giveBack(grant, Why.NO_ROOM, back);
    }
    back.forEach(queue -> talks.news(queue, state, now));
    arm();
  }

  private void giveBack(Grant grant, Why why, Set<String> back) {
    var lease = grant.lease();
    back.add(lease.queue());
    talks.with(lease.queue()).returned(new Returned(lease.slot(), lease.grantNo(), why));
  }

  private void revoke(Revoke revoke, OriginState state) {
    var talk = talks.with(revoke.queue());
    var unknown = new HashSet<>(revoke.grantNos());
    talks.uses(revoke.queue(), state).forEach(use -> unknown.remove(use.lease().grantNo()));
    for (var grant : held.take(it -> isMeant(revoke, it))) {
      giveBack(grant, Why.NO_ROOM, new HashSet<>());
      unknown.remove(grant.lease().grantNo());
    }
    // They may still be on their way here, and are not to be used then.
    unknown.forEach(
        number -> {
          talk.revoked(number);
          talk.returned(new Returned(0, number, Why.STALE));
        });
    talks.news(revoke.queue(), state, now());
  }

  private static boolean isMeant(Revoke revoke, Grant grant) {
    return grant.lease().queue().equals(revoke.queue())
        && revoke.grantNos().contains(grant.lease().grantNo());
  }

  /** Cancels the fetches that wait in a queue, a part at a time. */
  public ReplyEffect<Object, FullState<S>> purge(
      FullState<S> state, PurgeUpTo purge, Turns<S> turns) {
    if (!turns.knows(state, purge.row())) {
      return turns.nothing();
    }
    return talks.with(purge.queue()).purges(purge.mark(), now())
        ? purgePart(state, new GoOnPurging(purge, 0), turns)
        : done(turns, () -> talks.news(purge.queue(), state.fetches(), now()));
  }

  public ReplyEffect<Object, FullState<S>> purgePart(
      FullState<S> state, GoOnPurging part, Turns<S> turns) {
    var what = part.what();
    var it = turns.decide(state, new Input.Purge(what, part.after(), PURGED_AT_ONCE));
    return turns
        .carryOut(it.turn())
        .thenRun((FullState<S> after) -> purged(what, it.answer(), after.fetches()))
        .thenNoReply();
  }

  private void purged(PurgeUpTo what, Optional<Long> goOnAfter, OriginState state) {
    var talk = talks.with(what.queue());
    goOnAfter.ifPresentOrElse(
        after -> {
          talk.purgesOn(now());
          self.accept(new GoOnPurging(what, after));
        },
        () -> {
          talk.purged(what.mark());
          talks.news(what.queue(), state, now());
          arm();
        });
  }

  /** The rows of that turn, at least one, are about to be persisted. */
  public void of(Turn<S> turn) {
    written = QueuedTurn.of(origin, turn);
    var last = turn.rows().get(turn.rows().size() - 1);
    marked =
        Optional.of(written.rows())
            .filter(rows -> !rows.isNothing())
            .map(rows -> new Marked(last, rows.tag()));
  }

  /** These tags of a row, and the one with the rows of queues. */
  public Set<String> tagsOf(Object row, Set<String> others) {
    if (marked.filter(it -> it.row() == row).isEmpty()) {
      return others;
    }
    var all = new HashSet<>(others);
    all.add(marked.get().tag());
    return all;
  }

  /** The rows of a turn are durable. */
  public void durable(OriginState state) {
    marked = Optional.empty();
    var done = written;
    written = QueuedTurn.NOTHING;
    done.ended().forEach(end -> talks.with(end.lease().queue()).ended(end));
    done.queues().forEach(queue -> talks.news(queue, state, now()));
    if (!done.queues().isEmpty()) {
      arm();
    }
  }

  /** Repairs what was lost with the last incarnation. */
  public void recovered(OriginState state) {
    // After a failed write this is the same object: what was to be written is not durable.
    marked = Optional.empty();
    written = QueuedTurn.NOTHING;
    var told = new TreeSet<>(state.lines().shares().keySet());
    giveBackRefused(state, told);
    told.forEach(queue -> talks.news(queue, state, now()));
    arm();
  }

  /**
   * Grants of a write that failed. They are not tried again: one that the database refuses would
   * spoil each write that has it.
   */
  private void giveBackRefused(OriginState state, Set<String> back) {
    for (var grant : using) {
      held.drop(grant);
      var lease = grant.lease();
      // Otherwise the write was done all the same, or a later grant was used.
      if (lease.grantNo() > state.lines().used(lease.queue())) {
        giveBack(grant, Why.STALE, back);
      }
    }
    using = Set.of();
  }

  /** The wall clock may have been set, or the timer's message lost. */
  public void lookAtTheClock() {
    arm();
  }

  /** A pool may have room again. */
  public void roomMade() {
    if (!held.isEmpty()) {
      self.accept(new LookAfterQueues());
    }
  }

  /** Whether the origin may leave memory: all was heard, and no grant waits. */
  public boolean isQuiet() {
    return held.isEmpty() && talks.isQuiet();
  }

  /** The origin leaves memory: gives back the grants that it has not used. */
  public void leaves(OriginState state) {
    var back = new TreeSet<String>();
    for (var grant : held.take(it -> true)) {
      giveBack(grant, Why.LEAVING, back);
    }
    back.forEach(queue -> talks.news(queue, state, now()));
  }

  private void arm() {
    timer.arm(
        Stream.of(talks.again(), held.next(now()))
            .flatMap(Optional::stream)
            .min(Instant::compareTo));
  }

  private Instant now() {
    return clock.instant();
  }
}
