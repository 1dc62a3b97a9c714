package dev.retriever.origin.queue.entity;

import dev.retriever.origin.queue.core.Scheduler;
import dev.retriever.origin.queue.rows.QueueStore.Place;
import dev.retriever.origin.queue.rows.QueueStore.StoredLine;
import java.util.List;
import java.util.Optional;

/**
 * Reads all lines of a queue page by page: at its start, and again from time to time to find those
 * whose messages were lost. Not thread-safe.
 */
final class LineReading {
  private final String queue;
  private final QueueTimes times;
  private final Scheduler scheduler;
  private final Statements.Kind<List<StoredLine>> reading;
  private Optional<Place> after = Optional.empty();
  private long mark;
  private boolean wereRead;
  private long enoughAt = Statements.NEVER;

  LineReading(String queue, QueueTimes times, Scheduler scheduler, Statements statements) {
    this.queue = queue;
    this.times = times;
    this.scheduler = scheduler;
    this.reading = statements.kind();
  }

  /** The incarnation begins. */
  void begin(QueueTurn turn) {
    enoughAt = turn.in(times.linesWait());
    check(turn);
  }

  /** Lines are read soon, from the first on unless that is under way. */
  void check(QueueTurn turn) {
    reading.dueAt(turn.micros());
  }

  /** Whether all are read, or those that were read are enough. */
  boolean isEnough(long micros) {
    return wereRead || micros >= enoughAt;
  }

  /** When those that were read become enough. */
  long enoughAt(long micros) {
    return isEnough(micros) ? Statements.NEVER : enoughAt;
  }

  /** Makes the statement that is due. */
  void look(QueueTurn turn) {
    if (reading.isDue(turn.micros())) {
      var from = after;
      if (from.isEmpty()) {
        mark = scheduler.readingBegins();
      }
      var page = times.linesPage();
      reading.make(turn, store -> store.lines(queue, from, page), this::read);
    }
  }

  private void read(QueueTurn turn, List<StoredLine> page) {
    for (var it : page) {
      var origin = Leases.originOf(it.persistenceId());
      scheduler.line(origin, it.tenant(), it.line(), it.row(), turn.now());
    }
    if (page.size() < times.linesPage()) {
      scheduler.readingEnds(mark, turn.now());
      wereRead = true;
      after = Optional.empty();
      reading.dueAt(turn.in(times.linesEvery()));
    } else {
      after = Optional.of(page.get(page.size() - 1).place());
      reading.dueAt(turn.micros());
    }
  }
}
