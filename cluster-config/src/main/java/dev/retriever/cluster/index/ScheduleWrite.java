package dev.retriever.cluster.index;

import dev.retriever.cluster.database.PostgresMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The rows of schedules. One that is removed is written before it is deleted: so its writer waits
 * for a transaction that makes the row anew at the same time, and deletes what that has made.
 */
final class ScheduleWrite {
  private static final String COLUMNS =
      """
      ("persistence_id", "schedule_id", "generation", "state", "next_at", "rule", "zone", "method",
        "host")
      """;

  private static final String ALL =
      "INSERT INTO \"schedule\" "
          + COLUMNS
          + """
          SELECT * FROM unnest(?::text[], ?::text[], ?::bigint[], ?::smallint[], ?::bigint[],
            ?::text[], ?::text[], ?::text[], ?::text[])
          ON CONFLICT ("persistence_id", "schedule_id") DO UPDATE
          SET "generation" = EXCLUDED."generation", "state" = EXCLUDED."state",
            "next_at" = EXCLUDED."next_at", "rule" = EXCLUDED."rule", "zone" = EXCLUDED."zone",
            "method" = EXCLUDED."method", "host" = EXCLUDED."host"
          """;

  private static final String DELETE_ALL =
      """
      DELETE FROM "schedule" s USING unnest(?::text[], ?::text[]) AS gone(origin, id)
      WHERE s."persistence_id" = gone.origin AND s."schedule_id" = gone.id
      """;

  private static final String MERGE =
      "MERGE INTO \"schedule\" "
          + COLUMNS
          + " KEY (\"persistence_id\", \"schedule_id\") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private static final String DELETE =
      "DELETE FROM \"schedule\" WHERE \"persistence_id\" = ? AND \"schedule_id\" = ?";

  private ScheduleWrite() {}

  /** As a part of a message to PostgreSQL. */
  static void add(PostgresMessage message, List<ScheduleOf> rows) {
    message
        .then(ALL)
        .array("text", rows, ScheduleOf::persistenceId)
        .array("text", rows, ScheduleOf::id)
        .array("bigint", rows, ScheduleOf::generation)
        .array("smallint", rows, ScheduleOf::state)
        .array("bigint", rows, it -> it.nextAt().orElse(null))
        .array("text", rows, ScheduleOf::rule)
        .array("text", rows, ScheduleOf::zone)
        .array("text", rows, ScheduleOf::method)
        .array("text", rows, ScheduleOf::host);
    var removed = rows.stream().filter(ScheduleOf::isRemoved).toList();
    if (!removed.isEmpty()) {
      message
          .then(DELETE_ALL)
          .array("text", removed, ScheduleOf::persistenceId)
          .array("text", removed, ScheduleOf::id);
    }
  }

  /** Row by row, in the caller's transaction on H2. */
  static void execute(Connection connection, List<ScheduleOf> rows) throws SQLException {
    try (var merge = connection.prepareStatement(MERGE);
        var delete = connection.prepareStatement(DELETE)) {
      for (var row : rows) {
        merge.setString(1, row.persistenceId());
        merge.setString(2, row.id());
        merge.setLong(3, row.generation());
        merge.setInt(4, row.state());
        H2IndexWrite.setNumber(merge, 5, row.nextAt());
        merge.setString(6, row.rule());
        merge.setString(7, row.zone());
        merge.setString(8, row.method());
        merge.setString(9, row.host());
        merge.executeUpdate();
        if (row.isRemoved()) {
          delete.setString(1, row.persistenceId());
          delete.setString(2, row.id());
          delete.executeUpdate();
        }
      }
    }
  }
}
