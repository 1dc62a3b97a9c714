package dev.retriever.cluster.index;

import dev.retriever.cluster.index.IndexWrite.RowOf;
import dev.retriever.origin.index.IndexRow.End;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of the index, row by row, in the caller's transaction on H2. */
final class H2IndexWrite {
  private static final String UNIQUE_VIOLATION = "23505";

  private static final String UPDATE =
      """
      UPDATE "fetch_index" SET "row_number" = ?, "fetch_id" = ?, "state" = ?, "stage" = ?,
        "reason" = ?, "status" = ?, "attempts" = ?, "method" = ?, "host" = ?, "queue" = ?,
        "labels" = ?, "accepted_at" = ?, "not_before" = ?, "settled_at" = ?
      WHERE "persistence_id" = ? AND "place" = ? AND "row_number" < ?
      """;

  private static final String EXISTS =
      "SELECT 1 FROM \"fetch_index\" WHERE \"persistence_id\" = ? AND \"place\" = ?";

  private static final String HAS_LABELS =
      """
      SELECT 1 FROM "fetch_index"
      WHERE "persistence_id" = ? AND "place" = ? AND "labels" IS NOT NULL FOR UPDATE
      """;

  private static final String INSERT =
      """
      INSERT INTO "fetch_index" ("row_number", "fetch_id", "state", "stage", "reason", "status",
        "attempts", "method", "host", "queue", "labels", "accepted_at", "not_before",
        "settled_at", "persistence_id", "place")
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String LABEL =
      """
      MERGE INTO "fetch_label" ("label", "persistence_id", "place")
      KEY ("label", "persistence_id", "place") VALUES (?, ?, ?)
      """;

  private H2IndexWrite() {}

  static void execute(Connection connection, List<RowOf> rows) throws SQLException {
    try (var update = connection.prepareStatement(UPDATE);
        var exists = connection.prepareStatement(EXISTS);
        var insert = connection.prepareStatement(INSERT)) {
      var fresh = new ArrayList<RowOf>();
      for (var row : rows) {
        if (!isUpdated(update, row)) {
          if (!isThere(exists, row) && isInserted(insert, row)) {
            fresh.add(row);
          } else {
            // Another transaction may have inserted it meanwhile.
            isUpdated(update, row);
          }
        }
      }
      merge(connection, fresh);
    }
  }

  private static boolean isUpdated(PreparedStatement update, RowOf row) throws SQLException {
    set(update, row);
    update.setString(15, row.persistenceId());
    update.setLong(16, row.row().place());
    update.setLong(17, row.row().row());
    return update.executeUpdate() == 1;
  }

  private static boolean isThere(PreparedStatement query, RowOf row) throws SQLException {
    query.setString(1, row.persistenceId());
    query.setLong(2, row.row().place());
    try (var found = query.executeQuery()) {
      return found.next();
    }
  }

  private static boolean isInserted(PreparedStatement insert, RowOf row) throws SQLException {
    set(insert, row);
    insert.setString(15, row.persistenceId());
    insert.setLong(16, row.row().place());
    try {
      return insert.executeUpdate() == 1;
    } catch (SQLException e) {
      if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  private static void set(PreparedStatement statement, RowOf it) throws SQLException {
    var row = it.row();
    var end = row.end();
    statement.setLong(1, row.row());
    statement.setString(2, IndexText.of(row.fetchId()));
    statement.setInt(3, it.state());
    statement.setString(4, end.flatMap(End::stage).orElse(null));
    statement.setString(5, end.flatMap(End::reason).map(IndexText::reason).orElse(null));
    setNumber(statement, 6, end.flatMap(End::status).map(Integer::longValue));
    statement.setInt(7, end.map(End::attempts).orElse(0));
    statement.setString(8, row.method());
    statement.setString(9, IndexText.of(row.host()));
    statement.setString(10, row.queue().orElse(null));
    statement.setString(11, it.labels());
    statement.setLong(12, row.acceptedAt().toEpochMilli());
    setNumber(statement, 13, row.notBefore().map(Instant::toEpochMilli));
    setNumber(statement, 14, end.map(End::at).map(Instant::toEpochMilli));
  }

  static void setNumber(PreparedStatement statement, int index, Optional<Long> number)
      throws SQLException {
    if (number.isPresent()) {
      statement.setLong(index, number.get());
    } else {
      statement.setNull(index, Types.BIGINT);
    }
  }

  /** The labels of fetches whose rows are there, unless they were erased. */
  static void labels(Connection connection, List<RowOf> rows) throws SQLException {
    var labelled = new ArrayList<RowOf>();
    try (var hasLabels = connection.prepareStatement(HAS_LABELS)) {
      for (var row : rows) {
        if (!row.row().labels().isEmpty() && isThere(hasLabels, row)) {
          labelled.add(row);
        }
      }
    }
    merge(connection, labelled);
  }

  private static void merge(Connection connection, List<RowOf> rows) throws SQLException {
    if (rows.stream().allMatch(it -> it.row().labels().isEmpty())) {
      return;
    }
    try (var merge = connection.prepareStatement(LABEL)) {
      for (var row : rows) {
        for (var label : row.row().labels()) {
          merge.setString(1, label);
          merge.setString(2, row.persistenceId());
          merge.setLong(3, row.row().place());
          merge.addBatch();
        }
      }
      merge.executeBatch();
    }
  }
}
