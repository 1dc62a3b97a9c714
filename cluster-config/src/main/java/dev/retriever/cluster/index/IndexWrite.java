package dev.retriever.cluster.index;

import dev.retriever.cluster.database.PostgresMessage;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.index.IndexRow;
import dev.retriever.origin.index.IndexRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * What journal rows change in the index of fetches and schedules, with the ids of their origins. Of
 * each there is one row, the latest. Immutable.
 *
 * @param rows of fetches, sorted by key, so that two writers take their locks in the same order
 * @param schedules sorted in the same way
 */
public record IndexWrite(List<RowOf> rows, List<ScheduleOf> schedules) {
  /** Changes nothing. */
  public static final IndexWrite NONE = new IndexWrite(List.of(), List.of());

  /** Memory of a row: its texts and the objects around them. */
  private static final long ROW = 500;

  private static final Comparator<RowOf> BY_KEY =
      Comparator.comparing(RowOf::persistenceId).thenComparing(it -> it.row().place());

  /** The row of a fetch of that origin. */
  record RowOf(String persistenceId, IndexRow row) {
    /** The code of its state in the table. Never change one. */
    int state() {
      return row.end().map(end -> state(end.type())).orElse(0);
    }

    static int state(Outcome.Type type) {
      return type.ordinal() + 1;
    }

    /** Separates labels, none of which has a line break. */
    String labels() {
      return row.labels().isEmpty() ? null : String.join("\n", row.labels());
    }
  }

  public IndexWrite {
    rows = latest(rows);
    schedules = ScheduleOf.latest(schedules);
  }

  private static List<RowOf> latest(List<RowOf> all) {
    if (all.size() < 2) {
      return List.copyOf(all);
    }
    var kept = new TreeMap<RowOf, RowOf>(BY_KEY);
    for (var it : all) {
      kept.merge(it, it, (one, other) -> one.row().row() > other.row().row() ? one : other);
    }
    return List.copyOf(kept.values());
  }

  /** The changes of that origin. */
  public static IndexWrite of(String persistenceId, IndexRows rows) {
    return new IndexWrite(
        rows.rows().stream().map(it -> new RowOf(persistenceId, it)).toList(),
        rows.schedules().stream().map(it -> new ScheduleOf(persistenceId, it)).toList());
  }

  /** All as one. */
  public static IndexWrite together(List<IndexWrite> writes) {
    var some = writes.stream().filter(write -> !write.isNothing()).toList();
    if (some.size() < 2) {
      return some.isEmpty() ? NONE : some.get(0);
    }
    return new IndexWrite(
        some.stream().map(IndexWrite::rows).flatMap(Collection::stream).toList(),
        some.stream().map(IndexWrite::schedules).flatMap(Collection::stream).toList());
  }

  /** Whether nothing changes. */
  public boolean isNothing() {
    return rows.isEmpty() && schedules.isEmpty();
  }

  /** Its approximate memory. */
  public long bytes() {
    return schedules.size() * ROW
        + rows.stream()
            .mapToLong(it -> ROW + it.row().labels().stream().mapToLong(String::length).sum())
            .sum();
  }

  /** Adds it to a message to PostgreSQL. */
  public void addTo(PostgresMessage message) {
    if (!rows.isEmpty()) {
      PostgresIndexWrite.add(message, rows);
    }
    if (!schedules.isEmpty()) {
      ScheduleWrite.add(message, schedules);
    }
  }

  /** A part of the caller's transaction. */
  public void write(Connection connection) throws SQLException {
    if (isNothing()) {
      return;
    }
    if (PostgresMessage.isTakenBy(connection)) {
      var message = new PostgresMessage();
      addTo(message);
      message.execute(connection);
    } else {
      if (!rows.isEmpty()) {
        H2IndexWrite.execute(connection, rows);
      }
      if (!schedules.isEmpty()) {
        ScheduleWrite.execute(connection, schedules);
      }
    }
  }

  /**
   * The same. {@link #write} leaves the labels of a row that is there already as they are; this
   * writes those that are missing, unless they were erased.
   */
  public void repair(Connection connection) throws SQLException {
    if (!PostgresMessage.isTakenBy(connection)) {
      write(connection);
      H2IndexWrite.labels(connection, rows);
      return;
    }
    var message = new PostgresMessage();
    addTo(message);
    if (PostgresIndexWrite.areLabelled(rows)) {
      PostgresIndexWrite.labels(message, rows);
    }
    message.execute(connection);
  }
}
