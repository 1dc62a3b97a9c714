package dev.retriever.cluster.storage;

import static java.util.Comparator.comparing;

import dev.retriever.cluster.database.LockOrder;
import dev.retriever.cluster.database.PostgresMessage;
import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.queue.rows.QueueRows.End;
import dev.retriever.origin.queue.rows.QueueRows.KeyOf;
import dev.retriever.origin.queue.rows.QueueRows.LineOf;
import dev.retriever.origin.queue.rows.QueueRows.Listed;
import dev.retriever.origin.queue.rows.QueueRows.Start;
import dev.retriever.origin.queue.wire.Line;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * What journal rows change in the rows of queues, with the ids of their origins. Each list is
 * sorted by the keys of its table, so that two writers take their locks in the same order. Of a
 * line and of a queue's settings there is one change, the last.
 */
record QueueWrite(
    List<StartOf> starts,
    List<End> ends,
    List<HolderOf> held,
    List<HolderOf> freed,
    List<LineRow> lines,
    List<Listed> listed) {
  /** Memory of a row: its ids and the objects around them. */
  private static final long ROW = 300;

  private static final Comparator<Lease> BY_SLOT =
      comparing(Lease::queue).thenComparing(Lease::slot).thenComparing(Lease::grantNo);

  private static final Comparator<KeyOf> BY_KEY = comparing(KeyOf::queue).thenComparing(KeyOf::key);

  private static final Comparator<LineRow> BY_PLACE =
      comparing(LineRow::queue)
          .thenComparing(LineRow::persistenceId)
          .thenComparing(it -> it.line().key())
          .thenComparing(it -> it.line().priority());

  /** Changes nothing. */
  static final QueueWrite NONE =
      new QueueWrite(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  /** An attempt of that origin begins. */
  record StartOf(String persistenceId, Start start) {
    Lease lease() {
      return start.lease();
    }
  }

  /** A fetch of that origin takes a key, or gives it back. */
  record HolderOf(String persistenceId, KeyOf key) {}

  /** A line of that origin, as of that row of its journal. */
  record LineRow(String persistenceId, long row, LineOf of) {
    String queue() {
      return of.queue();
    }

    Line line() {
      return of.line();
    }
  }

  QueueWrite {
    starts = sorted(starts, comparing(StartOf::lease, BY_SLOT));
    ends = sorted(ends, comparing(End::lease, BY_SLOT));
    held = sorted(held, comparing(HolderOf::key, BY_KEY));
    freed = sorted(freed, comparing(HolderOf::key, BY_KEY));
    lines = LockOrder.lastOfEach(lines, BY_PLACE);
    listed = LockOrder.lastOfEach(listed, comparing(Listed::queue));
  }

  /** The changes of that row of that origin, or of that queue. */
  static QueueWrite of(String persistenceId, long row, QueueRows rows) {
    return new QueueWrite(
        rows.starts().stream().map(it -> new StartOf(persistenceId, it)).toList(),
        rows.ends(),
        rows.held().stream().map(it -> new HolderOf(persistenceId, it)).toList(),
        rows.freed().stream().map(it -> new HolderOf(persistenceId, it)).toList(),
        rows.lines().stream().map(it -> new LineRow(persistenceId, row, it)).toList(),
        rows.listed());
  }

  /** All as one; of a line, the last one counts. */
  static QueueWrite together(List<QueueWrite> writes) {
    var some = writes.stream().filter(write -> !write.isNothing()).toList();
    if (some.size() < 2) {
      return some.isEmpty() ? NONE : some.get(0);
    }
    return new QueueWrite(
        all(some, QueueWrite::starts),
        all(some, QueueWrite::ends),
        all(some, QueueWrite::held),
        all(some, QueueWrite::freed),
        all(some, QueueWrite::lines),
        all(some, QueueWrite::listed));
  }

  private static <T> List<T> all(List<QueueWrite> writes, Function<QueueWrite, List<T>> part) {
    return writes.stream().map(part).flatMap(Collection::stream).toList();
  }

  private static <T> List<T> sorted(List<T> all, Comparator<T> order) {
    return all.size() < 2 ? List.copyOf(all) : all.stream().sorted(order).toList();
  }

  boolean isNothing() {
    return size() == 0;
  }

  /** Its approximate memory. */
  long bytes() {
    return ROW * size();
  }

  private int size() {
    return starts.size() + ends.size() + held.size() + freed.size() + lines.size() + listed.size();
  }

  /** A part of the caller's transaction. {@link PostgresWrite} does the same with its rows. */
  void write(Connection connection) throws SQLException {
    if (isNothing()) {
      return;
    }
    if (PostgresMessage.isTakenBy(connection)) {
      var message = new PostgresMessage();
      PostgresQueueWrite.add(message, this);
      message.execute(connection);
    } else {
      H2QueueWrite.execute(connection, this);
    }
  }
}
