package dev.retriever.cluster.storage;

import dev.retriever.cluster.storage.QueueWrite.HolderOf;
import dev.retriever.cluster.storage.QueueWrite.LineRow;
import dev.retriever.cluster.storage.QueueWrite.StartOf;
import dev.retriever.origin.queue.rows.QueueRows.End;
import dev.retriever.origin.queue.rows.QueueRows.Listed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.List;

/**
 * The rows of queues, row by row, in the caller's transaction on H2. What is refused, and in which
 * order locks are taken, is as in {@link PostgresQueueWrite}.
 */
final class H2QueueWrite {
  private static final String FREE_SLOT =
      "DELETE FROM \"queue_slot\" WHERE \"queue\" = ? AND \"slot\" = ? AND \"grant_no\" = ?";

  private static final String LINGER =
      """
      UPDATE "queue_slot" SET "lingers" = TRUE
      WHERE "queue" = ? AND "slot" = ? AND "grant_no" = ?
      """;

  private static final String FLOOR =
      "SELECT \"floor\" FROM \"queue_fence\" WHERE \"queue\" = ? FOR UPDATE";

  private static final String TAKE_SLOT =
      """
      INSERT INTO "queue_slot" ("queue", "slot", "grant_no", "persistence_id", "fetch_id",
        "attempt", "key", "time_up", "lingers", "probe", "strict")
      VALUES (?, ?, ?, ?, ?, ?, ?, %s + ?, FALSE, ?, ?)
      """
          .formatted(QueueStatements.NOW);

  private static final String FREE_KEY =
      """
      DELETE FROM "queue_key" WHERE "queue" = ? AND "key" = ? AND "persistence_id" = ?
        AND "fetch_id" = ?
      """;

  private static final String HOLD_KEY =
      """
      INSERT INTO "queue_key" ("queue", "key", "persistence_id", "fetch_id")
      SELECT * FROM (VALUES (?, ?, ?, ?)) AS h("queue", "key", "id", "fetch_id")
      WHERE NOT EXISTS (
        SELECT 1 FROM "queue_key" k WHERE k."queue" = h."queue" AND k."key" = h."key"
          AND k."persistence_id" = h."id" AND k."fetch_id" = h."fetch_id")
      """;

  private static final String DELETE_LINE =
      """
      DELETE FROM "queue_line" WHERE "queue" = ? AND "persistence_id" = ? AND "key" = ?
        AND "priority" = ?
      """;

  private static final String LINE =
      """
      MERGE INTO "queue_line" ("queue", "persistence_id", "key", "priority", "tenant", "waiting",
        "ready", "oldest", "ready_at", "later_at", "deadline", "sequence_number")
      KEY ("queue", "persistence_id", "key", "priority")
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String UNLIST = "DELETE FROM \"queue\" WHERE \"name\" = ?";

  private static final String LIST =
      """
      MERGE INTO "queue" ("name", "version", "settings") KEY ("name") VALUES (?, ?, ?)
      """;

  private H2QueueWrite() {}

  static void execute(Connection connection, QueueWrite write) throws SQLException {
    if (write.isNothing()) {
      return;
    }
    ends(connection, FREE_SLOT, write.ends().stream().filter(it -> !it.lingers()).toList());
    ends(connection, LINGER, write.ends().stream().filter(End::lingers).toList());
    checkGrants(connection, write.starts());
    each(
        connection,
        TAKE_SLOT,
        write.starts().stream().filter(it -> it.lease().hasSlot()).toList(),
        H2QueueWrite::start);
    each(connection, FREE_KEY, write.freed(), H2QueueWrite::holder);
    each(connection, HOLD_KEY, write.held(), H2QueueWrite::holder);
    var lines = write.lines();
    each(
        connection,
        DELETE_LINE,
        lines.stream().filter(it -> it.line().isEmpty()).toList(),
        H2QueueWrite::place);
    each(
        connection,
        LINE,
        lines.stream().filter(it -> !it.line().isEmpty()).toList(),
        H2QueueWrite::line);
    listed(connection, write.listed());
  }

  private interface Row<T> {
    void set(PreparedStatement statement, T row) throws SQLException;
  }

  private static <T> void each(Connection connection, String sql, List<T> rows, Row<T> row)
      throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (var statement = connection.prepareStatement(sql)) {
      for (var it : rows) {
        row.set(statement, it);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static void ends(Connection connection, String sql, List<End> ends) throws SQLException {
    each(
        connection,
        sql,
        ends.stream().filter(it -> it.lease().hasSlot()).toList(),
        (statement, end) -> {
          statement.setString(1, end.lease().queue());
          statement.setInt(2, end.lease().slot());
          statement.setLong(3, end.lease().grantNo());
        });
  }

  /** Holds the fences until the commit, so that a start is before a raise, or sees it. */
  private static void checkGrants(Connection connection, List<StartOf> starts) throws SQLException {
    var floors = new HashMap<String, Long>();
    for (var start : starts) {
      var lease = start.lease();
      var floor = floors.get(lease.fence());
      if (floor == null) {
        floor = floor(connection, lease.fence());
        floors.put(lease.fence(), floor);
      }
      if (lease.grantNo() <= floor) {
        throw new SQLException(
            "grant %d of queue %s is stale, the floor is %d"
                .formatted(lease.grantNo(), lease.fence(), floor),
            JournalWriters.NOT_NULL_VIOLATION);
      }
    }
  }

  private static long floor(Connection connection, String queue) throws SQLException {
    try (var query = connection.prepareStatement(FLOOR)) {
      query.setString(1, queue);
      try (var rows = query.executeQuery()) {
        return rows.next() ? rows.getLong(1) : Long.MAX_VALUE;
      }
    }
  }

  private static void start(PreparedStatement statement, StartOf it) throws SQLException {
    var lease = it.lease();
    statement.setString(1, lease.queue());
    statement.setInt(2, lease.slot());
    statement.setLong(3, lease.grantNo());
    statement.setString(4, it.persistenceId());
    statement.setString(5, it.start().fetchId());
    statement.setInt(6, it.start().attempt());
    statement.setString(7, it.start().key());
    statement.setLong(8, it.start().timeoutMillis());
    statement.setBoolean(9, lease.probe());
    statement.setBoolean(10, lease.strict());
  }

  private static void holder(PreparedStatement statement, HolderOf it) throws SQLException {
    statement.setString(1, it.key().queue());
    statement.setString(2, it.key().key());
    statement.setString(3, it.persistenceId());
    statement.setString(4, it.key().fetchId());
  }

  private static void place(PreparedStatement statement, LineRow it) throws SQLException {
    statement.setString(1, it.queue());
    statement.setString(2, it.persistenceId());
    statement.setString(3, it.line().key());
    statement.setInt(4, it.line().priority());
  }

  private static void line(PreparedStatement statement, LineRow it) throws SQLException {
    var line = it.line();
    place(statement, it);
    statement.setString(5, it.of().tenant());
    statement.setInt(6, line.waiting());
    statement.setInt(7, line.ready());
    statement.setLong(8, line.oldest().toEpochMilli());
    statement.setLong(9, line.readyAt().toEpochMilli());
    if (line.laterAt().isPresent()) {
      statement.setLong(10, line.laterAt().get().toEpochMilli());
    } else {
      statement.setNull(10, Types.BIGINT);
    }
    statement.setLong(11, line.deadline().toEpochMilli());
    statement.setLong(12, it.row());
  }

  private static void listed(Connection connection, List<Listed> listed) throws SQLException {
    each(
        connection,
        UNLIST,
        listed.stream().filter(it -> it.settings().isEmpty()).toList(),
        (statement, it) -> statement.setString(1, it.queue()));
    each(
        connection,
        LIST,
        listed.stream().filter(it -> it.settings().isPresent()).toList(),
        (statement, it) -> {
          statement.setString(1, it.queue());
          statement.setLong(2, it.version());
          statement.setString(3, it.settings().orElseThrow());
        });
  }
}
