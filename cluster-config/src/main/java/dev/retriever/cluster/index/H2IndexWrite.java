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
  private static final String UPDATE =
      """
      UPDATE "fetch_index" SET "row_number" = ?, "fetch_id" = ?, "state" = ?, "stage" = ?,
        "reason" = ?, "status" = ?, "attempts" = ?, "method" = ?, "host" = ?, "queue" = ?,
        "labels" = ?, "accepted_at" = ?, "not_before" = ?, "settled_at" = ?
      WHERE "persistence_id" = ? AND "place" = ? AND "row_number" < ?
      """;

  private static final String EXISTS =
      "SELECT 1 FROM \"fetch_index\" WHERE \"persistence_id\" = ? AND \"place\" = ?";

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

  static void execute(Connection connection, IndexWrite write) throws SQLException {
    insert(connection, missing(connection, update(connection, write.rows())));
    labels(connection, write.rows());
  }

  /** Those that were not updated: they are missing, or newer in the table. */
  private static List<RowOf> update(Connection connection, List<RowOf> rows) throws SQLException {
    var others = new ArrayList<RowOf>();
    try (var update = connection.prepareStatement(UPDATE)) {
      for (var row : rows) {
        set(update, row);
        update.setString(15, row.persistenceId());
        update.setLong(16, row.row().place());
        update.setLong(17, row.row().row());
        if (update.executeUpdate() == 0) {
          others.add(row);
        }
      }
    }
    return others;
  }

  private static List<RowOf> missing(Connection connection, List<RowOf> rows) throws SQLException {
    var missing = new ArrayList<RowOf>();
    try (var query = connection.prepareStatement(EXISTS)) {
      for (var row : rows) {
        query.setString(1, row.persistenceId());
        query.setLong(2, row.row().place());
        try (var found = query.executeQuery()) {
          if (!found.next()) {
            missing.add(row);
          }
        }
      }
    }
    return missing;
  }

  private static void insert(Connection connection, List<RowOf> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (var insert = connection.prepareStatement(INSERT)) {
      for (var row : rows) {
        set(insert, row);
        insert.setString(15, row.persistenceId());
        insert.setLong(16, row.row().place());
        insert.addBatch();
      }
      insert.executeBatch();
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

  private static void setNumber(PreparedStatement statement, int index, Optional<Long> number)
      throws SQLException {
    if (number.isPresent()) {
      statement.setLong(index, number.get());
    } else {
      statement.setNull(index, Types.BIGINT);
    }
  }

  private static void labels(Connection connection, List<RowOf> rows) throws SQLException {
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
