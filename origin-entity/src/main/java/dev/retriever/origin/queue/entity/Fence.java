package dev.retriever.origin.queue.entity;

import dev.retriever.origin.queue.core.OriginId;
import dev.retriever.origin.queue.core.Scheduler;
import dev.retriever.origin.queue.rows.QueueStore;
import dev.retriever.origin.queue.wire.Granted;
import dev.retriever.origin.queue.wire.Revoke;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/**
 * The numbers of grants, and the floor below which the database refuses them. A grant is given only
 * while the floor is where it is to be: after the incarnation has begun, and not while a change
 * waits that forbids grants given before it. Not thread-safe.
 */
final class Fence {
  /** Grants of one incarnation. The numbers after them belong to later ones. */
  private static final long MOST_GRANTS = (1L << 32) - Scheduler.MOST_CHOICES - 1;

  private final String queue;
  private final Statements statements;
  private final Statements.Kind<Boolean> begin;
  private final Statements.Kind<Boolean> raise;
  private long epoch;
  private boolean begun;
  private long last;
  private long floor;
  private long wanted;

  Fence(String queue, Statements statements) {
    this.queue = queue;
    this.statements = statements;
    this.begin = statements.first();
    this.raise = statements.kind();
  }

  /** A new incarnation: its epoch is in the state. */
  void incarnated(QueueTurn turn) {
    epoch = turn.state().epoch();
    begun(false);
    raise.rest();
    last = QueueStore.firstFloor(epoch);
    floor = last;
    wanted = last;
    begin.dueAt(turn.micros());
  }

  /** Whether older incarnations can start nothing any more. */
  boolean hasBegun() {
    return begun;
  }

  /** Whether grants may be given. */
  boolean isOpen() {
    return begun && isRaised();
  }

  /** Whether no grant that was forbidden can be used any more. */
  boolean isRaised() {
    return floor >= wanted;
  }

  /** Whether the numbers of this incarnation are used up. */
  boolean isUsedUp() {
    return last - QueueStore.firstFloor(epoch) >= MOST_GRANTS;
  }

  /** The number of the next grant. */
  long next() {
    return last + 1;
  }

  void given(int grants) {
    last += grants;
  }

  /** What was granted before, and has not begun, may not begin. */
  void forbid(QueueTurn turn, List<Scheduler.Unanswered> unanswered) {
    if (last > wanted) {
      wanted = last;
      raise.dueAt(turn.micros());
    }
    revoke(turn, unanswered);
  }

  /** Finds out whether a newer incarnation has begun: the floor of this one cannot be set then. */
  void check(QueueTurn turn) {
    if (begun) {
      raise.dueAt(turn.micros());
    }
  }

  /** Asks for grants back. */
  void revoke(QueueTurn turn, List<Scheduler.Unanswered> grants) {
    var byOrigin = new HashMap<OriginId, List<Long>>();
    for (var grant : grants) {
      byOrigin.computeIfAbsent(grant.line().origin(), it -> new ArrayList<>()).add(grant.grantNo());
    }
    byOrigin.forEach(
        (origin, numbers) -> {
          for (var from = 0; from < numbers.size(); from += Granted.MOST) {
            var to = Math.min(numbers.size(), from + Granted.MOST);
            turn.send(origin, new Revoke(queue, List.copyOf(numbers.subList(from, to))));
          }
        });
  }

  /** Makes the statements that are due. */
  void look(QueueTurn turn) {
    if (begin.isDue(turn.micros())) {
      var of = epoch;
      begin.make(
          turn, store -> store.begin(queue, of), (later, newest) -> begun(later, of, newest));
    }
    if (raise.isDue(turn.micros())) {
      var of = epoch;
      var to = wanted;
      raise.make(
          turn, store -> store.raise(queue, of, to), (later, newest) -> raised(later, to, newest));
    }
  }

  private void begun(QueueTurn turn, long of, boolean newest) {
    if (!newest) {
      turn.then(new QueueEffect.Leave());
    } else if (of == epoch) {
      begun(true);
    }
  }

  private void begun(boolean it) {
    begun = it;
    statements.begun(it);
  }

  private void raised(QueueTurn turn, long to, boolean newest) {
    if (!newest) {
      turn.then(new QueueEffect.Leave());
      return;
    }
    floor = Math.max(floor, to);
    if (floor < wanted) {
      raise.dueAt(turn.micros());
    }
  }
}
