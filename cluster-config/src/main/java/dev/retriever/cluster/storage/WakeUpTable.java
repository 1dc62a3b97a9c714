package dev.retriever.cluster.storage;

import dev.retriever.alarms.WakeUp;
import dev.retriever.alarms.WakeUps.Entry;
import dev.retriever.cluster.database.PostgresMessage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The statements on the table of wake-ups. All run on the caller's connection, in its transaction.
 */
public final class WakeUpTable {
  /** The table is divided into this many slices, each served by one clock. Never change it. */
  public static final int SLICES = 4;

  private static final String DELETE = "DELETE FROM \"wake_up\" WHERE \"persistence_id\" = ?";

  private static final String DELETE_UP_TO = DELETE + " AND \"sequence_number\" <= ?";

  private static final String INSERT =
      """
      INSERT INTO "wake_up" ("persistence_id", "executor", "slice", "wake_at", "sequence_number")
      VALUES (?, ?, ?, ?, ?)
      """;

  /** An insert that replaces a row which came after the delete. */
  private static final String MERGE =
      INSERT
          .replace("INSERT INTO", "MERGE INTO")
          .replace("VALUES", "KEY (\"persistence_id\", \"executor\") VALUES");

  private static final String DUE =
      """
      SELECT "persistence_id", "executor", "wake_at", "sequence_number" FROM "wake_up"
      WHERE "slice" = ? AND "wake_at" <= ? ORDER BY "wake_at", "persistence_id", "executor"
      LIMIT ? OFFSET ?
      """;

  private static final String NEXT_EXECUTOR =
      "SELECT MIN(\"executor\") FROM \"wake_up\" WHERE \"executor\" > ?";

  private static final String OF_EXECUTOR =
      """
      SELECT "persistence_id", "executor", "wake_at", "sequence_number" FROM "wake_up"
      WHERE "executor" = ? AND "slice" = ? ORDER BY "persistence_id" LIMIT ? OFFSET ?
      """;

  private WakeUpTable() {}

  /**
   * The wake-ups of one origin.
   *
   * @param row the journal row that it belongs to
   */
  record Written(long row, WakeUp wakeUp) {}

  static int slice(String persistenceId) {
    return Math.floorMod(persistenceId.hashCode(), SLICES);
  }

  /**
   * Replaces the rows of these origins, as a part of the journal's own transaction. A correction
   * that is committed at the same time belongs to an earlier row and may stay beside the new rows.
   * Such a row causes one needless wake-up.
   *
   * @param byOrigin sorted, so that two writers take their locks in the same order
   */
  static void write(Connection connection, SortedMap<String, Written> byOrigin)
      throws SQLException {
    if (PostgresMessage.isTakenBy(connection)) {
      PostgresWrite.wakeUps(connection, byOrigin);
      return;
    }
    try (var delete = connection.prepareStatement(DELETE)) {
      for (var origin : byOrigin.keySet()) {
        delete.setString(1, origin);
        delete.addBatch();
      }
      delete.executeBatch();
    }
    insert(connection, MERGE, byOrigin);
  }

  /**
   * Replaces the rows of this origin, unless they belong to a later journal row. Roll back when it
   * fails: then another writer with newer knowledge wrote at the same time.
   */
  static void correct(Connection connection, String persistenceId, Written written)
      throws SQLException {
    try (var delete = connection.prepareStatement(DELETE_UP_TO)) {
      delete.setString(1, persistenceId);
      delete.setLong(2, written.row());
      if (delete.executeUpdate() == 0) {
        return;
      }
    }
    var one = new TreeMap<String, Written>();
    one.put(persistenceId, written);
    insert(connection, INSERT, one);
  }

  private static void insert(
      Connection connection, String statement, SortedMap<String, Written> byOrigin)
      throws SQLException {
    try (var insert = connection.prepareStatement(statement)) {
      for (var entry : entries(byOrigin)) {
        insert.setString(1, entry.persistenceId());
        insert.setString(2, entry.poolId());
        insert.setInt(3, slice(entry.persistenceId()));
        insert.setLong(4, entry.at().toEpochMilli());
        insert.setLong(5, entry.row());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /** The rows of a wake-up; none for an origin that is not to be woken. */
  static List<Entry> entries(SortedMap<String, Written> byOrigin) {
    var entries = new ArrayList<Entry>();
    byOrigin.forEach(
        (id, written) -> {
          var executors = written.wakeUp().poolIds();
          written
              .wakeUp()
              .at()
              .ifPresent(
                  at ->
                      (executors.isEmpty() ? List.of("") : executors)
                          .forEach(it -> entries.add(new Entry(id, it, at, written.row()))));
        });
    return entries;
  }

  /** The entries of that slice that are due until then, inclusive, the earliest first. */
  static List<Entry> due(Connection connection, int slice, Instant until, int limit, int offset)
      throws SQLException {
    try (var query = connection.prepareStatement(DUE)) {
      query.setInt(1, slice);
      query.setLong(2, until.toEpochMilli());
      query.setInt(3, limit);
      query.setInt(4, offset);
      return entries(query);
    }
  }

  /** All pool ids that entries name, each found by one step in an index. */
  static List<String> executors(Connection connection) throws SQLException {
    var executors = new ArrayList<String>();
    try (var query = connection.prepareStatement(NEXT_EXECUTOR)) {
      var next = nextExecutor(query, "");
      while (next.isPresent()) {
        executors.add(next.get());
        next = nextExecutor(query, next.get());
      }
    }
    return executors;
  }

  private static Optional<String> nextExecutor(PreparedStatement query, String after)
      throws SQLException {
    query.setString(1, after);
    try (var rows = query.executeQuery()) {
      rows.next();
      return Optional.ofNullable(rows.getString(1));
    }
  }

  /** The entries of that slice that name this pool. */
  static List<Entry> of(Connection connection, String executor, int slice, int limit, int offset)
      throws SQLException {
    try (var query = connection.prepareStatement(OF_EXECUTOR)) {
      query.setString(1, executor);
      query.setInt(2, slice);
      query.setInt(3, limit);
      query.setInt(4, offset);
      return entries(query);
    }
  }

  private static List<Entry> entries(PreparedStatement query) throws SQLException {
    var entries = new ArrayList<Entry>();
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        var at = Instant.ofEpochMilli(rows.getLong(3));
        entries.add(new Entry(rows.getString(1), rows.getString(2), at, rows.getLong(4)));
      }
    }
    return entries;
  }
}
