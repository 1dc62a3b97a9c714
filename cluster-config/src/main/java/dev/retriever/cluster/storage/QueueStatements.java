package dev.retriever.cluster.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.cluster.database.PostgresMessage;
import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.rows.QueueStore.Gate;
import dev.retriever.origin.queue.rows.QueueStore.HeldKey;
import dev.retriever.origin.queue.rows.QueueStore.Listing;
import dev.retriever.origin.queue.rows.QueueStore.Place;
import dev.retriever.origin.queue.rows.QueueStore.Slot;
import dev.retriever.origin.queue.rows.QueueStore.StoredLine;
import dev.retriever.origin.queue.wire.Line;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The statements of queues on their tables. All run on the caller's connection. What origins write
 * is in {@link PostgresQueueWrite} and {@link H2QueueWrite}.
 */
final class QueueStatements {
  /** The database's time in milliseconds, in both databases: when the transaction began. */
  static final String NOW = "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)";

  /** The first number of the locks of fences in PostgreSQL; the letters QUEU. */
  static final int FENCES = 0x51554555;

  /** Some queues have one lock, so that a batch with many queues does not need too many. */
  private static final int FENCE_LOCKS = 1024;

  private static final String LOCK_FENCE = "SELECT pg_advisory_xact_lock(%d, ?)".formatted(FENCES);

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String BEGIN =
      """
      UPDATE "queue_fence" SET "floor" = GREATEST("floor", ?), "epoch" = ?
      WHERE "queue" = ? AND "epoch" <= ?
      """;

  private static final String FIRST =
      """
      INSERT INTO "queue_fence" ("floor", "epoch", "queue")
      SELECT * FROM (VALUES (CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS VARCHAR)))
        AS f("floor", "epoch", "queue")
      WHERE NOT EXISTS (SELECT 1 FROM "queue_fence" q WHERE q."queue" = f."queue")
      """;

  private static final String RAISE =
      """
      UPDATE "queue_fence" SET "floor" = GREATEST("floor", ?) WHERE "queue" = ? AND "epoch" = ?
      """;

  private static final String IS_NEWEST =
      "SELECT \"epoch\" FROM \"queue_fence\" WHERE \"queue\" = ? AND \"epoch\" = ? FOR UPDATE";

  private static final String SLOT =
      """
      "queue", "slot", "grant_no", "probe", "strict", "persistence_id", "fetch_id", "attempt",
      "key", "time_up", "lingers"
      """;

  private static final String SLOTS =
      "SELECT " + SLOT + " FROM \"queue_slot\" WHERE \"queue\" = ? ORDER BY \"slot\"";

  private static final String KEYS =
      """
      SELECT "key", "persistence_id", "fetch_id" FROM "queue_key" WHERE "queue" = ? ORDER BY "key"
      """;

  /** The first condition on the id is for H2, which finds no rows by the second one. */
  private static final String LINES =
      """
      SELECT "persistence_id", "tenant", "key", "priority", "waiting", "ready", "oldest",
        "ready_at", "later_at", "deadline", "sequence_number"
      FROM "queue_line" WHERE "queue" = ? AND "persistence_id" >= ?
        AND ("persistence_id", "key", "priority") > (?, ?, ?)
      ORDER BY "persistence_id", "key", "priority" LIMIT ?
      """;

  private static final String FREE_LINGERING =
      "DELETE FROM \"queue_slot\" WHERE \"queue\" = ? AND \"lingers\" AND \"time_up\" <= "
          + NOW
          + " - ?";

  private static final String FREE =
      "DELETE FROM \"queue_slot\" WHERE \"queue\" = ? AND \"slot\" = ? AND \"grant_no\" = ?";

  private static final String NEXT_NAME =
      """
      SELECT MIN("queue") FROM (
        SELECT MIN("queue") AS "queue" FROM "queue_line" WHERE "queue" > ?
        UNION ALL SELECT MIN("queue") FROM "queue_slot" WHERE "queue" > ?) AS n
      """;

  /** Also keeps the passes from ending until the end of the transaction. */
  private static final String FLOOR =
      "SELECT \"floor\" FROM \"queue_fence\" WHERE \"queue\" = ? FOR UPDATE";

  private static final String GATE = "SELECT \"gate\" FROM \"queue\" WHERE \"name\" = ?";

  private static final String SET_GATE = "UPDATE \"queue\" SET \"gate\" = ? WHERE \"name\" = ?";

  private static final String FIRST_GATE =
      "INSERT INTO \"queue\" (\"gate\", \"name\", \"version\") VALUES (?, ?, 0)";

  private static final String FORGET =
      "DELETE FROM \"queue\" WHERE \"name\" = ? AND \"settings\" IS NULL AND \"gate\" IS NULL";

  private static final String LISTED =
      "SELECT \"name\", \"version\", \"settings\", \"gate\" FROM \"queue\" ORDER BY \"name\"";

  private QueueStatements() {}

  private static int change(Connection connection, String sql, Object... values)
      throws SQLException {
    try (var change = connection.prepareStatement(sql)) {
      set(change, values);
      return change.executeUpdate();
    }
  }

  private static void set(PreparedStatement statement, Object... values) throws SQLException {
    for (var n = 0; n < values.length; n++) {
      statement.setObject(n + 1, values[n]);
    }
  }

  private interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  private static <T> List<T> read(Connection connection, String sql, Row<T> row, Object... values)
      throws SQLException {
    try (var query = connection.prepareStatement(sql)) {
      set(query, values);
      var found = new ArrayList<T>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          found.add(row.read(rows));
        }
      }
      return found;
    }
  }

  /** The second number of the lock of that queue's fence. Equal in all nodes and versions. */
  static int fence(String queue) {
    return Math.floorMod(queue.hashCode(), FENCE_LOCKS);
  }

  /**
   * Waits for the starts of that queue that are under way, until the end of the transaction. H2
   * locks the row instead.
   */
  private static void lockFence(Connection connection, String queue) throws SQLException {
    if (PostgresMessage.isTakenBy(connection)) {
      read(connection, LOCK_FENCE, row -> true, fence(queue));
    }
  }

  /**
   * Puts the floor above all grants of older incarnations. May be repeated.
   *
   * @param connection does not commit by itself
   * @return false if there is a newer incarnation
   */
  static boolean begin(Connection connection, String queue, long epoch, long floor)
      throws SQLException {
    lockFence(connection, queue);
    return change(connection, BEGIN, floor, epoch, queue, epoch) > 0
        || change(connection, FIRST, floor, epoch, queue) > 0;
  }

  /**
   * @param connection does not commit by itself
   * @return false if that incarnation is not the newest
   */
  static boolean raise(Connection connection, String queue, long epoch, long floor)
      throws SQLException {
    lockFence(connection, queue);
    return change(connection, RAISE, floor, queue, epoch) > 0;
  }

  /** Also keeps newer ones from beginning until the end of the transaction. */
  static boolean isNewest(Connection connection, String queue, long epoch) throws SQLException {
    return !read(connection, IS_NEWEST, row -> row.getLong(1), queue, epoch).isEmpty();
  }

  static List<Slot> slots(Connection connection, String queue) throws SQLException {
    return read(connection, SLOTS, QueueStatements::slot, queue);
  }

  private static Slot slot(ResultSet row) throws SQLException {
    return new Slot(
        new Lease(
            row.getString(1), row.getInt(2), row.getLong(3), row.getBoolean(4), row.getBoolean(5)),
        row.getString(6),
        row.getString(7),
        row.getInt(8),
        row.getString(9),
        Instant.ofEpochMilli(row.getLong(10)),
        row.getBoolean(11));
  }

  static List<HeldKey> keys(Connection connection, String queue) throws SQLException {
    return read(
        connection,
        KEYS,
        row -> new HeldKey(row.getString(1), row.getString(2), row.getString(3)),
        queue);
  }

  static List<StoredLine> lines(Connection connection, String queue, Place after, int limit)
      throws SQLException {
    return read(
        connection,
        LINES,
        QueueStatements::line,
        queue,
        after.persistenceId(),
        after.persistenceId(),
        after.key(),
        after.priority(),
        limit);
  }

  private static StoredLine line(ResultSet row) throws SQLException {
    var laterAt = Optional.ofNullable(row.getObject(9, Long.class)).map(Instant::ofEpochMilli);
    var line =
        new Line(
            row.getString(3),
            row.getInt(4),
            row.getInt(5),
            row.getInt(6),
            Instant.ofEpochMilli(row.getLong(7)),
            Instant.ofEpochMilli(row.getLong(8)),
            laterAt,
            Instant.ofEpochMilli(row.getLong(10)));
    return new StoredLine(row.getString(1), row.getString(2), line, row.getLong(11));
  }

  /** Frees slots that linger, whose time has been up for so long. */
  static List<Slot> freeLingering(Connection connection, String queue, Duration after)
      throws SQLException {
    var freed =
        PostgresMessage.isTakenBy(connection)
            ? FREE_LINGERING + " RETURNING " + SLOT
            : "SELECT " + SLOT + " FROM OLD TABLE (" + FREE_LINGERING + ")";
    return read(connection, freed, QueueStatements::slot, queue, after.toMillis());
  }

  static boolean free(Connection connection, String queue, int slot, long grantNo)
      throws SQLException {
    return change(connection, FREE, queue, slot, grantNo) > 0;
  }

  /** All queues that have lines or slots, each found by one step in an index. */
  static SortedSet<String> names(Connection connection) throws SQLException {
    var names = new TreeSet<String>();
    try (var query = connection.prepareStatement(NEXT_NAME)) {
      var next = nextName(query, "");
      while (next.isPresent()) {
        names.add(next.get());
        next = nextName(query, next.get());
      }
    }
    return names;
  }

  private static Optional<String> nextName(PreparedStatement query, String after)
      throws SQLException {
    set(query, after, after);
    try (var rows = query.executeQuery()) {
      rows.next();
      return Optional.ofNullable(rows.getString(1));
    }
  }

  /** What is published of that queue. */
  static Gate gate(Connection connection, String queue) throws SQLException {
    return read(connection, GATE, row -> gate(queue, row.getString(1)), queue).stream()
        .findFirst()
        .orElse(Gate.OPEN);
  }

  /**
   * Publishes it without a pass that has ended.
   *
   * @param connection does not commit by itself
   */
  static void publish(Connection connection, String queue, Gate gate) throws SQLException {
    if (gate.pass() == 0) {
      set(connection, queue, gate);
      return;
    }
    var floors = read(connection, FLOOR, row -> row.getLong(1), Lease.passes(queue));
    set(connection, queue, gate.withPassAbove(floors.isEmpty() ? 0 : floors.get(0)));
  }

  /**
   * @param connection does not commit by itself
   * @return false if passes have been ended by a newer incarnation
   */
  static boolean endPasses(Connection connection, String queue, long epoch, long floor)
      throws SQLException {
    var gate = gate(connection, queue);
    if (gate.pass() != 0) {
      set(connection, queue, gate.withPassAbove(floor));
    }
    return begin(connection, Lease.passes(queue), epoch, floor);
  }

  private static void set(Connection connection, String queue, Gate gate) throws SQLException {
    var text = gate.equals(Gate.OPEN) ? Optional.<String>empty() : Optional.of(json(gate));
    if (text.isEmpty()) {
      change(connection, SET_GATE, null, queue);
      change(connection, FORGET, queue);
    } else if (change(connection, SET_GATE, text.get(), queue) == 0) {
      change(connection, FIRST_GATE, text.get(), queue);
    }
  }

  static List<Listing> listed(Connection connection) throws SQLException {
    return read(
        connection,
        LISTED,
        row ->
            new Listing(
                row.getString(1),
                row.getLong(2),
                Optional.ofNullable(row.getString(3)),
                gate(row.getString(1), row.getString(4))));
  }

  private static String json(Gate gate) {
    try {
      return JSON.writeValueAsString(gate);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a gate cannot be written: " + gate, e);
    }
  }

  private static Gate gate(String queue, String text) throws SQLException {
    try {
      return text == null ? Gate.OPEN : JSON.readValue(text, Gate.class);
    } catch (JsonProcessingException e) {
      throw new SQLException(
          "the gate of queue " + queue + " cannot be read; set it to NULL in the table queue", e);
    }
  }
}
