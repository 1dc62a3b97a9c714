package dev.retriever.cluster.storage;

import dev.retriever.origin.OriginEvent.OriginForgotten;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.Serializers;

/**
 * Writes, for each origin that is forgotten, the row that stands for all before it, and deletes
 * those. It writes that row as any writer does: if the origin has written one meanwhile, the
 * primary key decides who was first, and the origin stays as it is.
 *
 * @param writer the licence of this node
 */
record Tombstones(Storage storage, Serialization serialization, JournalLicence writer) {
  /** A transaction waits for no other longer than that: it is the one that gives way. */
  private static final String GIVE_WAY = "SET LOCAL lock_timeout = '50ms'";

  private static final String WRITE =
      """
      INSERT INTO "event_journal" ("persistence_id", "sequence_number", "deleted", "writer",
        "write_timestamp", "adapter_manifest", "event_ser_id", "event_ser_manifest",
        "event_payload")
      SELECT ?, ?, FALSE, '', ?, '', ?, ?, ?
      WHERE NOT EXISTS (SELECT 1 FROM "wake_up" WHERE "persistence_id" = ?)
        AND EXISTS (SELECT 1 FROM "journal_writer" WHERE "id" = ?)
      """;

  private static final String BYTES =
      """
      SELECT COALESCE(SUM(OCTET_LENGTH("event_payload")), 0) FROM "event_journal"
      WHERE "persistence_id" = ? AND "sequence_number" < ?
      """;

  private static final String DELETE_ROWS =
      "DELETE FROM \"event_journal\" WHERE \"persistence_id\" = ? AND \"sequence_number\" < ?";

  private static final String DELETE_SNAPSHOTS =
      "DELETE FROM \"snapshot\" WHERE \"persistence_id\" = ? AND \"sequence_number\" < ?";

  /** An origin, and the row that is to stand for it. */
  record Tombstone(String persistenceId, OriginForgotten row) {}

  /**
   * Forgets all of them in one transaction, or none.
   *
   * @param sorted by id, so that two nodes take their locks in the same order
   * @return what was deleted; origins that have written meanwhile are left alone
   */
  Purge.Count write(Connection connection, List<Tombstone> sorted, Instant now)
      throws SQLException {
    writer.issue(connection);
    connection.setAutoCommit(false);
    try {
      if (storage.isPostgres()) {
        try (var setting = connection.createStatement()) {
          setting.execute(GIVE_WAY);
        }
      }
      var count = Purge.Count.NONE;
      for (var tombstone : sorted) {
        count = count.plus(write(connection, tombstone, now));
      }
      connection.commit();
      return count;
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private Purge.Count write(Connection connection, Tombstone tombstone, Instant now)
      throws SQLException {
    if (!insert(connection, tombstone, now)) {
      return Purge.Count.NONE;
    }
    var tenant = TenantUse.tenant(tombstone.persistenceId());
    if (tenant.isPresent()) {
      var freed = bytes(connection, tombstone) - payload(tombstone).length;
      TenantUse.purged(tenant.get(), freed).write(connection);
    }
    var rows = delete(connection, DELETE_ROWS, tombstone);
    var snapshots = delete(connection, DELETE_SNAPSHOTS, tombstone);
    return new Purge.Count(rows, snapshots, 1);
  }

  private boolean insert(Connection connection, Tombstone tombstone, Instant now)
      throws SQLException {
    var row = tombstone.row();
    var serializer = serialization.findSerializerFor(row);
    var sql = storage.isPostgres() ? WRITE + " ON CONFLICT DO NOTHING" : WRITE;
    try (var insert = connection.prepareStatement(sql)) {
      insert.setString(1, tombstone.persistenceId());
      insert.setLong(2, row.row());
      insert.setLong(3, now.toEpochMilli());
      insert.setInt(4, serializer.identifier());
      insert.setString(5, Serializers.manifestFor(serializer, row));
      insert.setBytes(6, payload(tombstone));
      insert.setString(7, tombstone.persistenceId());
      insert.setString(8, writer.id());
      return insert.executeUpdate() == 1;
    }
  }

  private byte[] payload(Tombstone tombstone) {
    return serialization.serialize(tombstone.row()).get();
  }

  private static long bytes(Connection connection, Tombstone tombstone) throws SQLException {
    try (var query = connection.prepareStatement(BYTES)) {
      set(query, tombstone);
      try (var sum = query.executeQuery()) {
        sum.next();
        return sum.getLong(1);
      }
    }
  }

  private static int delete(Connection connection, String sql, Tombstone tombstone)
      throws SQLException {
    try (var delete = connection.prepareStatement(sql)) {
      set(delete, tombstone);
      return delete.executeUpdate();
    }
  }

  private static void set(PreparedStatement statement, Tombstone tombstone) throws SQLException {
    statement.setString(1, tombstone.persistenceId());
    statement.setLong(2, tombstone.row().row());
  }
}
