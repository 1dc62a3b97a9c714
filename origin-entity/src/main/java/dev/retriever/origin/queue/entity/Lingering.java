package dev.retriever.origin.queue.entity;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.rows.QueueStore.Slot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Frees the slots of attempts that were given up: those that can no longer run, from time to time;
 * and single ones, when the settings or an operator say so. Not thread-safe.
 */
final class Lingering {
  /** Single slots that wait to be freed. Those beyond are freed when their time is up. */
  private static final int MOST_SINGLE = 10_000;

  private final String queue;
  private final QueueTimes times;
  private final Leases leases;
  private final Statements.Kind<List<Slot>> byTime;
  private final Statements.Kind<Boolean> single;
  private final Deque<Single> singles = new ArrayDeque<>();

  private record Single(Lease lease, BiConsumer<QueueTurn, Boolean> then) {}

  Lingering(String queue, QueueTimes times, Leases leases, Statements statements) {
    this.queue = queue;
    this.times = times;
    this.leases = leases;
    this.byTime = statements.kind();
    this.single = statements.kind();
  }

  /** Frees one slot, if it still has that grant. */
  void free(QueueTurn turn, Lease lease, BiConsumer<QueueTurn, Boolean> then) {
    if (singles.size() < MOST_SINGLE) {
      singles.add(new Single(lease, then));
      single.dueAt(turn.micros());
    }
  }

  /** Makes the statements that are due. */
  void look(QueueTurn turn) {
    if (!leases.someLinger()) {
      byTime.rest();
    } else if (byTime.isDue(turn.micros())) {
      var after = times.lingerAfter();
      byTime.make(turn, store -> store.freeLingering(queue, after), this::freed);
    } else {
      byTime.dueAt(turn.in(times.lingerEvery()));
    }
    if (single.isDue(turn.micros())) {
      var first = singles.peek();
      var lease = first.lease();
      single.make(
          turn,
          store -> store.free(queue, lease.slot(), lease.grantNo()),
          (later, had) -> freed(later, first, had));
    }
  }

  private void freed(QueueTurn turn, List<Slot> slots) {
    slots.forEach(slot -> leases.free(turn, slot.lease().grantNo()));
    byTime.dueAt(turn.in(times.lingerEvery()));
  }

  private void freed(QueueTurn turn, Single first, boolean had) {
    singles.remove(first);
    leases.free(turn, first.lease().grantNo());
    first.then().accept(turn, had);
    if (!singles.isEmpty()) {
      single.dueAt(turn.micros());
    }
  }
}
