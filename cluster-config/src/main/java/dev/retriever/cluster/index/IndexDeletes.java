package dev.retriever.cluster.index;

import dev.retriever.cluster.database.PostgresMessage;
import dev.retriever.cluster.database.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Deletes rows of the index together with their labels: of origins that are forgotten, and of
 * fetches that settled long ago. All run in the caller's transaction, or in one of their own if the
 * connection commits by itself on PostgreSQL.
 */
public final class IndexDeletes {
  private static final String OF_ORIGIN = "\"persistence_id\" = ?";

  private static final String STALE =
      "\"persistence_id\" = ? AND \"place\" = ? AND \"row_number\" <= ?";

  private static final String SETTLED_BEFORE =
      """
      ("persistence_id", "place") IN (SELECT "persistence_id", "place" FROM "fetch_index"
        WHERE "settled_at" < ? ORDER BY "settled_at" LIMIT ?)
      """;

  private static final String BOTH_ON_POSTGRES =
      """
      WITH gone AS (DELETE FROM "fetch_index" WHERE %s
        RETURNING "persistence_id" AS id, "place" AS place, "labels" AS labels),
      named AS (SELECT id, place, unnest(string_to_array(labels, E'\\n')) AS label FROM gone
        WHERE labels IS NOT NULL),
      unnamed AS (DELETE FROM "fetch_label" l USING named n
        WHERE l."label" = n.label AND l."persistence_id" = n.id AND l."place" = n.place)
      SELECT count(*) FROM gone
      """;

  private static final String FIND =
      "SELECT \"persistence_id\", \"place\", \"labels\" FROM \"fetch_index\" WHERE ";

  private static final String LOCKED = " FOR UPDATE";

  private static final String OF_FETCH = "\"persistence_id\" = ? AND \"place\" = ?";

  private static final String WITHOUT_LABELS =
      "UPDATE \"fetch_index\" SET \"labels\" = NULL WHERE " + OF_FETCH;

  private static final String DELETE =
      "DELETE FROM \"fetch_index\" WHERE \"persistence_id\" = ? AND \"place\" = ?";

  private static final String DELETE_LABEL =
      """
      DELETE FROM "fetch_label" WHERE "label" = ? AND "persistence_id" = ? AND "place" = ?
      """;

  private static final String DELETE_SCHEDULES =
      "DELETE FROM \"schedule\" WHERE \"persistence_id\" = ?";

  private IndexDeletes() {}

  /**
   * Deletes all rows of an origin.
   *
   * @return how many there were of fetches
   */
  public static long ofOrigin(Connection connection, String persistenceId) throws SQLException {
    schedulesOf(connection, persistenceId);
    return delete(connection, OF_ORIGIN, persistenceId);
  }

  /** Deletes the rows of all schedules of an origin, in the caller's transaction. */
  public static void schedulesOf(Connection connection, String persistenceId) throws SQLException {
    try (var delete = connection.prepareStatement(DELETE_SCHEDULES)) {
      delete.setString(1, persistenceId);
      delete.executeUpdate();
    }
  }

  /**
   * Deletes the row of a fetch, unless a later journal row has changed it.
   *
   * @return 1 if it was there, else 0
   */
  public static long stale(Connection connection, String persistenceId, long place, long row)
      throws SQLException {
    return delete(connection, STALE, persistenceId, place, row);
  }

  /**
   * Deletes rows of fetches that settled before that time, the oldest first.
   *
   * @param millis of the time, exclusive
   * @return how many; less than the limit when there are no more
   */
  public static long settledBefore(Connection connection, long millis, int limit)
      throws SQLException {
    return delete(connection, SETTLED_BEFORE, millis, limit);
  }

  /**
   * Deletes the labels of a fetch, and leaves the rest of its row, in a transaction of its own. The
   * row is locked until then, so that no other one writes labels for it meanwhile. If it fails, it
   * may be repeated.
   *
   * @param connection commits by itself
   */
  public static void labels(Connection connection, String persistenceId, long place)
      throws SQLException {
    Transaction.write(connection, it -> deleteLabels(it, persistenceId, place));
  }

  private static void deleteLabels(Connection connection, String persistenceId, long place)
      throws SQLException {
    try (var find = connection.prepareStatement(FIND + OF_FETCH + LOCKED)) {
      find.setString(1, persistenceId);
      find.setLong(2, place);
      try (var rows = find.executeQuery()) {
        if (rows.next() && rows.getString(3) != null) {
          labels(connection, persistenceId, place, rows.getString(3).split("\n"));
        }
      }
    }
  }

  private static void labels(
      Connection connection, String persistenceId, long place, String[] labels)
      throws SQLException {
    try (var delete = connection.prepareStatement(DELETE_LABEL);
        var update = connection.prepareStatement(WITHOUT_LABELS)) {
      for (var label : labels) {
        delete.setString(1, label);
        delete.setString(2, persistenceId);
        delete.setLong(3, place);
        delete.executeUpdate();
      }
      update.setString(1, persistenceId);
      update.setLong(2, place);
      update.executeUpdate();
    }
  }

  private static long delete(Connection connection, String which, Object... values)
      throws SQLException {
    return PostgresMessage.isTakenBy(connection)
        ? deleteBoth(connection, which, values)
        : deleteEach(connection, which, values);
  }

  private static long deleteBoth(Connection connection, String which, Object... values)
      throws SQLException {
    try (var delete = connection.prepareStatement(BOTH_ON_POSTGRES.formatted(which))) {
      for (var n = 0; n < values.length; n++) {
        delete.setObject(n + 1, values[n]);
      }
      try (var count = delete.executeQuery()) {
        count.next();
        return count.getLong(1);
      }
    }
  }

  private record Found(String persistenceId, long place, List<String> labels) {}

  private static long deleteEach(Connection connection, String which, Object... values)
      throws SQLException {
    var all = new ArrayList<Found>();
    try (var find = connection.prepareStatement(FIND + which)) {
      for (var n = 0; n < values.length; n++) {
        find.setObject(n + 1, values[n]);
      }
      try (var rows = find.executeQuery()) {
        while (rows.next()) {
          var labels = rows.getString(3);
          all.add(
              new Found(
                  rows.getString(1),
                  rows.getLong(2),
                  labels == null ? List.of() : List.of(labels.split("\n"))));
        }
      }
    }
    try (var label = connection.prepareStatement(DELETE_LABEL);
        var row = connection.prepareStatement(DELETE)) {
      for (var found : all) {
        for (var text : found.labels()) {
          label.setString(1, text);
          label.setString(2, found.persistenceId());
          label.setLong(3, found.place());
          label.addBatch();
        }
        row.setString(1, found.persistenceId());
        row.setLong(2, found.place());
        row.addBatch();
      }
      label.executeBatch();
      row.executeBatch();
    }
    return all.size();
  }
}
