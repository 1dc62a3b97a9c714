package dev.retriever.origin.queue.entity;

import dev.retriever.origin.queue.core.OriginId;
import dev.retriever.origin.queue.entity.QueueState.Mark;
import dev.retriever.origin.queue.rows.QueueStore.Place;
import dev.retriever.origin.queue.rows.QueueStore.StoredLine;
import dev.retriever.origin.queue.wire.PurgeUpTo;
import dev.retriever.origin.queue.wire.Told;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Has the origins cancel what a purge marks. Its bound for each origin is the row that stands in
 * the origin's line after the mark was journaled, not a time: clocks of nodes differ. After a move
 * the lines are read again, so that the bound may be later; the time in the mark stays. Not
 * thread-safe.
 */
final class PurgeWork {
  /** Origins that are asked at once; each wakes up for it. */
  private static final int MOST_ASKED = 256;

  /** How soon an origin that has not answered is asked again. */
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final String queue;
  private final QueueTimes times;
  private final Statements.Kind<List<StoredLine>> reading;
  private Optional<Mark> mark = Optional.empty();
  private Optional<Place> after = Optional.empty();
  private boolean isRead;

  /** The origins that are still to be asked, with their rows. */
  private final Map<OriginId, Long> waiting = new LinkedHashMap<>();

  private final Map<OriginId, Asked> asked = new HashMap<>();

  private record Asked(long row, long since) {}

  PurgeWork(String queue, QueueTimes times, Statements statements) {
    this.queue = queue;
    this.times = times;
    this.reading = statements.kind();
  }

  /** Takes up the mark that was journaled last, which replaces one before it. */
  void begin(QueueTurn turn) {
    mark = turn.state().purge().filter(it -> !it.done());
    after = Optional.empty();
    isRead = mark.isEmpty();
    waiting.clear();
    asked.clear();
    if (mark.isPresent()) {
      reading.dueAt(turn.micros());
    } else {
      reading.rest();
    }
  }

  /** Whether it is settled which fetches the purge is about. */
  boolean isRead() {
    return isRead;
  }

  /** The origins that have not carried it out. */
  long left() {
    return waiting.size() + asked.size();
  }

  /** What an origin has carried out. */
  void told(OriginId origin, Told told) {
    if (mark.filter(it -> told.purged() >= it.mark()).isPresent()) {
      asked.remove(origin);
    }
  }

  /** When to look again. */
  long next() {
    return asked.values().stream()
        .mapToLong(it -> it.since() + AGAIN.toMillis() * 1_000)
        .min()
        .orElse(Statements.NEVER);
  }

  /** Makes the statement that is due, asks the next origins, and journals the end. */
  void look(QueueTurn turn) {
    if (mark.isEmpty()) {
      return;
    }
    if (reading.isDue(turn.micros())) {
      var from = after;
      var of = mark.get().mark();
      var page = times.linesPage();
      reading.make(
          turn, store -> store.lines(queue, from, page), (later, lines) -> read(later, of, lines));
    }
    ask(turn);
    if (isRead && left() == 0) {
      turn.journal(new QueueEvent.PurgeDone(mark.get().mark(), turn.now().wall()));
      mark = Optional.empty();
    }
  }

  private void read(QueueTurn turn, long of, List<StoredLine> page) {
    if (mark.filter(it -> it.mark() == of).isEmpty()) {
      reading.dueAt(turn.micros());
      return;
    }
    for (var line : page) {
      if (mark.get().key().map(line.line().key()::equals).orElse(true)) {
        waiting.merge(Leases.originOf(line.persistenceId()), line.row(), Math::max);
      }
    }
    if (page.size() < times.linesPage()) {
      isRead = true;
    } else {
      after = Optional.of(page.get(page.size() - 1).place());
      reading.dueAt(turn.micros());
    }
  }

  private void ask(QueueTurn turn) {
    asked.replaceAll(
        (origin, it) ->
            it.since() + AGAIN.toMillis() * 1_000 <= turn.micros()
                ? asked(turn, origin, it.row())
                : it);
    var next = waiting.entrySet().iterator();
    while (isRead && next.hasNext() && asked.size() < MOST_ASKED) {
      var it = next.next();
      asked.put(it.getKey(), asked(turn, it.getKey(), it.getValue()));
      next.remove();
    }
  }

  private Asked asked(QueueTurn turn, OriginId origin, long row) {
    var it = mark.orElseThrow();
    turn.send(origin, new PurgeUpTo(queue, it.mark(), it.before(), it.key(), row));
    return new Asked(row, turn.micros());
  }
}
