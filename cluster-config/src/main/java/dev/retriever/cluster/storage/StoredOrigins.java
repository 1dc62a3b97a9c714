package dev.retriever.cluster.storage;

import dev.retriever.executor.OriginKey;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.entity.OriginHost.Remains;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.pekko.serialization.Serialization;

/**
 * Reads origins from their rows and snapshots, without loading them.
 *
 * @param types by name; origins of others are left alone
 */
record StoredOrigins(Supplier<Map<String, OriginHost<?>>> types, Serialization serialization) {
  /** An origin with more rows than that after its snapshot, or bytes, is left as it is. */
  private static final long MOST_ROWS = 5_000;

  private static final long MOST_BYTES = 16L << 20;

  private static final String IS_NEEDED =
      """
      SELECT EXISTS (SELECT 1 FROM "event_journal"
          WHERE "persistence_id" = ? AND "sequence_number" > ?)
        OR EXISTS (SELECT 1 FROM "wake_up" WHERE "persistence_id" = ?)
      """;

  private static final String LAST =
      """
      SELECT COALESCE(MAX("sequence_number"), 0) FROM "event_journal" WHERE "persistence_id" = ?
      """;

  private static final String SNAPSHOT =
      """
      SELECT "snapshot_ser_id", "snapshot_ser_manifest", "snapshot_payload", "sequence_number"
      FROM "snapshot" WHERE "persistence_id" = ? ORDER BY "sequence_number" DESC LIMIT 1
      """;

  private static final String SIZE =
      """
      SELECT COUNT(*), COALESCE(SUM(OCTET_LENGTH("event_payload")), 0) FROM "event_journal"
      WHERE "persistence_id" = ? AND "sequence_number" > ? AND "sequence_number" <= ?
      """;

  /** What a row or a snapshot takes beside its payload, in bytes, about. */
  private static final int BESIDE_PAYLOAD = 150;

  private static final String SPACE =
      """
      SELECT (SELECT COALESCE(SUM(OCTET_LENGTH("event_payload") + ?), 0)
          FROM "event_journal" WHERE "persistence_id" = ?)
        + (SELECT COALESCE(SUM(OCTET_LENGTH("snapshot_payload") + ?), 0)
          FROM "snapshot" WHERE "persistence_id" = ?)
      """;

  private static final String ROWS =
      """
      SELECT "event_ser_id", "event_ser_manifest", "event_payload" FROM "event_journal"
      WHERE "persistence_id" = ? AND "sequence_number" > ? AND "sequence_number" <= ?
      ORDER BY "sequence_number"
      """;

  private static final String LOCKED =
      """
      SELECT "event_ser_id", "event_ser_manifest", "event_payload" FROM "event_journal"
      WHERE "persistence_id" = ? AND "sequence_number" = ? FOR UPDATE
      """;

  private record Snapshot(Optional<Object> state, long row) {}

  /** Whether this node knows its type. */
  boolean knows(String persistenceId) {
    return type(persistenceId).isPresent();
  }

  private Optional<OriginHost<?>> type(String persistenceId) {
    return OriginKey.of(persistenceId).map(it -> types.get().get(it.type()));
  }

  /**
   * What may stand for all rows of an origin.
   *
   * @param last a row of it
   * @return empty if something of it is needed, or it has later rows, or a wake-up; also if its
   *     state would have to be saved, and that would not free half of what it takes
   * @throws RuntimeException if it cannot be read
   */
  Optional<Remains> remains(Connection connection, String persistenceId, long last, Instant at)
      throws SQLException {
    if (isNeeded(connection, persistenceId, last)) {
      return Optional.empty();
    }
    var snapshot = snapshot(connection, persistenceId);
    if (isLarge(connection, persistenceId, snapshot.row(), last)) {
      return Optional.empty();
    }
    var rows = rows(connection, persistenceId, snapshot.row(), last);
    var remains = type(persistenceId).orElseThrow().remains(snapshot.state(), rows, last, at);
    var state = remains.flatMap(Remains::state);
    return state.isEmpty() || snapshot.row() < last && frees(connection, persistenceId, state.get())
        ? remains
        : Optional.empty();
  }

  /** Whether the origin takes twice as much as that state would, with its row. */
  private boolean frees(Connection connection, String persistenceId, Object state)
      throws SQLException {
    var saved = serialization.serialize(state).get().length + 2 * BESIDE_PAYLOAD;
    try (var query = connection.prepareStatement(SPACE)) {
      query.setLong(1, BESIDE_PAYLOAD);
      query.setString(2, persistenceId);
      query.setLong(3, BESIDE_PAYLOAD);
      query.setString(4, persistenceId);
      try (var space = query.executeQuery()) {
        space.next();
        return space.getLong(1) >= 2L * saved;
      }
    }
  }

  /** An origin as it was after its last row. */
  record Folded(OriginState state, long last) {}

  /**
   * Reads the fetches of an origin.
   *
   * @return empty if it has no rows, or too many to be read here
   * @throws RuntimeException if it cannot be read
   */
  Optional<Folded> folded(Connection connection, String persistenceId) throws SQLException {
    var last = last(connection, persistenceId);
    var snapshot = snapshot(connection, persistenceId);
    if (last == 0 || isLarge(connection, persistenceId, snapshot.row(), last)) {
      return Optional.empty();
    }
    var rows = rows(connection, persistenceId, snapshot.row(), last);
    var state = type(persistenceId).orElseThrow().folded(snapshot.state(), rows, last);
    return Optional.of(new Folded(state, last));
  }

  /** The number of its last row; 0 if it has none. */
  static long last(Connection connection, String persistenceId) throws SQLException {
    try (var query = connection.prepareStatement(LAST)) {
      query.setString(1, persistenceId);
      try (var row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /**
   * One row, which is locked until the transaction ends, so that what follows from it is written
   * before it is erased. Empty when it is gone.
   */
  Optional<Object> locked(Connection connection, String persistenceId, long number)
      throws SQLException {
    try (var query = connection.prepareStatement(LOCKED)) {
      query.setString(1, persistenceId);
      query.setLong(2, number);
      try (var found = query.executeQuery()) {
        return found.next() ? Optional.of(read(found)) : Optional.empty();
      }
    }
  }

  private static boolean isNeeded(Connection connection, String persistenceId, long last)
      throws SQLException {
    try (var query = connection.prepareStatement(IS_NEEDED)) {
      query.setString(1, persistenceId);
      query.setLong(2, last);
      query.setString(3, persistenceId);
      try (var answer = query.executeQuery()) {
        answer.next();
        return answer.getBoolean(1);
      }
    }
  }

  private Snapshot snapshot(Connection connection, String persistenceId) throws SQLException {
    try (var query = connection.prepareStatement(SNAPSHOT)) {
      query.setString(1, persistenceId);
      try (var found = query.executeQuery()) {
        return found.next()
            ? new Snapshot(Optional.of(read(found)), found.getLong(4))
            : new Snapshot(Optional.empty(), 0);
      }
    }
  }

  private static boolean isLarge(Connection connection, String persistenceId, long from, long to)
      throws SQLException {
    try (var query = connection.prepareStatement(SIZE)) {
      set(query, persistenceId, from, to);
      try (var size = query.executeQuery()) {
        size.next();
        return size.getLong(1) > MOST_ROWS || size.getLong(2) > MOST_BYTES;
      }
    }
  }

  private List<Object> rows(Connection connection, String persistenceId, long from, long to)
      throws SQLException {
    var rows = new ArrayList<Object>();
    try (var query = connection.prepareStatement(ROWS)) {
      set(query, persistenceId, from, to);
      try (var found = query.executeQuery()) {
        while (found.next()) {
          rows.add(read(found));
        }
      }
    }
    return rows;
  }

  private static void set(PreparedStatement query, String persistenceId, long from, long to)
      throws SQLException {
    query.setString(1, persistenceId);
    query.setLong(2, from);
    query.setLong(3, to);
  }

  private Object read(ResultSet stored) throws SQLException {
    var read = serialization.deserialize(stored.getBytes(3), stored.getInt(1), stored.getString(2));
    if (read.isFailure()) {
      // Serializers throw checked exceptions too.
      throw new IllegalStateException("it is not read", read.failed().get());
    }
    return read.get();
  }
}
