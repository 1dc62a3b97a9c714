package dev.retriever.cluster.storage;

import dev.retriever.cluster.database.Transaction;
import dev.retriever.cluster.index.IndexDeletes;
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

  private static final String DELETE_ROWS =
      "DELETE FROM \"event_journal\" WHERE \"persistence_id\" = ? AND \"sequence_number\" < ?";

  /** Another node may purge some of the rows at the same time, and takes their bytes off. */
  private static final String COUNTED_ON_POSTGRES =
      "WITH gone AS ("
          + DELETE_ROWS
          + " RETURNING octet_length(\"event_payload\") AS bytes)"
          + " SELECT count(*), coalesce(sum(bytes), 0) FROM gone";

  private static final String COUNTED_ON_H2 =
      "SELECT count(*), coalesce(sum(octet_length(\"event_payload\")), 0) FROM OLD TABLE ("
          + DELETE_ROWS
          + ")";

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
    return Transaction.run(connection, it -> writeAll(it, sorted, now));
  }

  private Purge.Count writeAll(Connection connection, List<Tombstone> sorted, Instant now)
      throws SQLException {
    if (storage.isPostgres()) {
      try (var setting = connection.createStatement()) {
        setting.execute(GIVE_WAY);
      }
    }
    var count = Purge.Count.NONE;
    for (var tombstone : sorted) {
      count = count.plus(write(connection, tombstone, now));
    }
    return count;
  }

  private Purge.Count write(Connection connection, Tombstone tombstone, Instant now)
      throws SQLException {
    if (!insert(connection, tombstone, now)) {
      return Purge.Count.NONE;
    }
    var snapshots = delete(connection, DELETE_SNAPSHOTS, tombstone);
    IndexDeletes.ofOrigin(connection, tombstone.persistenceId());
    var tenant = TenantUse.tenant(tombstone.persistenceId());
    var rows =
        tenant.isEmpty()
            ? delete(connection, DELETE_ROWS, tombstone)
            : deleteCounted(connection, tombstone, tenant.get());
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

  private long deleteCounted(Connection connection, Tombstone tombstone, String tenant)
      throws SQLException {
    try (var delete =
        connection.prepareStatement(storage.isPostgres() ? COUNTED_ON_POSTGRES : COUNTED_ON_H2)) {
      set(delete, tombstone);
      try (var counts = delete.executeQuery()) {
        counts.next();
        var freed = counts.getLong(2) - payload(tombstone).length;
        TenantUse.purged(tenant, freed).write(connection);
        return counts.getLong(1);
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
