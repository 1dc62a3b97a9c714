package dev.retriever.origin.queue.entity;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.rows.QueueStore;
import dev.retriever.origin.queue.rows.QueueStore.Gate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Lets nodes begin first attempts without asking the queue, while nothing limits it. All nodes read
 * the number of the pass in the table of queues. A pass that ends is taken from the table first, so
 * that hardly a write is refused, and then a floor of its own is raised. That floor outlives
 * incarnations, so a move of the queue disturbs nothing. Not thread-safe.
 */
final class Passes {
  /** How long a node may take to read the table of queues. */
  private static final Duration TABLE_READ = Duration.ofMillis(500);

  /** A dispatch may begin until its reservation lapses; and clocks differ. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private final String queue;
  private final String fence;
  private final QueueTimes times;
  private final Statements.Kind<Boolean> opening;
  private final Statements.Kind<Boolean> closing;
  private boolean isKnown;
  private boolean isAllowed;
  private boolean isClosed;
  private long given;

  /** The number that the table has, as far as this incarnation knows. */
  private long published;

  private long count;
  private long closeAt = Statements.NEVER;
  private Instant passedUntil = Instant.EPOCH;
  private Instant now = Instant.EPOCH;

  Passes(String queue, QueueTimes times, Statements statements) {
    this.queue = queue;
    this.fence = Lease.passes(queue);
    this.times = times;
    this.opening = statements.kind();
    this.closing = statements.kind();
  }

  /** The number that nodes are to know; 0 for none. */
  long given() {
    return given;
  }

  /** Until when attempts may run that began with a pass, once there is none. */
  Optional<Instant> passedUntil() {
    return Optional.of(passedUntil).filter(Instant.EPOCH::isBefore);
  }

  /** Whether no attempt can begin with a pass any more, if none may. */
  boolean isEffective() {
    return isAllowed || isClosed;
  }

  /** Whether no attempt runs any more that began with a pass. */
  boolean isOver() {
    return isClosed && !passedUntil.isAfter(now);
  }

  /** When to look again. */
  long next() {
    return closeAt;
  }

  /** What an older incarnation has left in the table. */
  void knows(QueueTurn turn, Gate gate) {
    isKnown = true;
    given = gate.pass();
    published = gate.pass();
    passedUntil = Instant.ofEpochMilli(gate.passedUntil());
    closeAt = turn.micros();
  }

  /** The table has that number now. */
  void published(long pass) {
    published = pass;
  }

  /** Gives a pass, or ends it. */
  void look(QueueTurn turn) {
    if (!isKnown) {
      return;
    }
    now = turn.now().wall();
    isAllowed = isAllowed(turn);
    if (isAllowed) {
      closeAt = Statements.NEVER;
      closing.rest();
      open(turn);
    } else {
      opening.rest();
      close(turn);
    }
  }

  private void open(QueueTurn turn) {
    // Beginning ends the passes of older incarnations, so none may be in the table.
    if (given == 0 && published == 0 && !opening.isUnderWay()) {
      opening.dueAt(turn.micros());
    }
    if (opening.isDue(turn.micros())) {
      var epoch = turn.state().epoch();
      opening.make(
          turn, store -> store.begin(fence, epoch), (later, newest) -> opened(epoch, newest));
    }
  }

  /** The floor of this incarnation stands, so greater numbers are good. */
  private void opened(long epoch, boolean newest) {
    if (newest && isAllowed && given == 0) {
      count++;
      given = QueueStore.firstFloor(epoch) + count;
      isClosed = false;
    }
  }

  private void close(QueueTurn turn) {
    if (given != 0) {
      given = 0;
      isClosed = false;
      passedUntil = turn.now().wall().plus(Lease.LONGEST_WITH_PASS).plus(MARGIN);
      closeAt = turn.in(times.directoryEvery().plus(TABLE_READ));
    }
    if (!isClosed && !closing.isUnderWay() && turn.micros() >= closeAt) {
      closing.dueAt(turn.micros());
    }
    if (closing.isDue(turn.micros())) {
      var epoch = turn.state().epoch();
      var floor = QueueStore.firstFloor(epoch) + count;
      closing.make(
          turn, store -> store.endPasses(queue, epoch, floor), (later, newest) -> closed(newest));
    }
  }

  private void closed(boolean newest) {
    if (newest && !isAllowed && given == 0) {
      isClosed = true;
      closeAt = Statements.NEVER;
    }
  }

  private static boolean isAllowed(QueueTurn turn) {
    var stops = turn.state().stops();
    var now = turn.now().wall();
    return turn.settled().isPresent()
        && isUnlimited(turn.settings())
        && stops.paused().filter(it -> it.appliesAt(now)).isEmpty()
        && stops.held().filter(it -> it.appliesAt(now)).isEmpty()
        && stops.heldKeys().values().stream().noneMatch(it -> it.appliesAt(now))
        && !stops.draining();
  }

  private static boolean isUnlimited(QueueSettings settings) {
    return settings.concurrency().isEmpty()
        && settings.rate().isEmpty()
        && settings.perKey().concurrency().isEmpty()
        && settings.perKey().rate().isEmpty()
        && settings.order() == QueueSettings.Order.FAIR
        && settings.breaker().isEmpty();
  }
}
