package dev.retriever.cluster.storage;

import dev.retriever.cluster.database.Transaction;
import dev.retriever.cluster.index.IndexDeletes;
import dev.retriever.origin.OriginEvent.OriginForgotten;
import dev.retriever.origin.entity.OriginHost.Remains;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.Serializers;

/**
 * Writes, for each origin that is forgotten, the row that stands for all before it, with the state
 * of its users if there is one, and deletes those; and deletes a row that stands alone when it has
 * stood long enough. It writes that row as any writer does: if the origin has written one
 * meanwhile, the primary key decides who was first, and the origin stays as it is.
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

  /**
   * A write that is under way is not seen. It begins with such a row of its own, so nothing misses
   * this one.
   */
  private static final String DELETE_LAST =
      """
      DELETE FROM "event_journal" WHERE "persistence_id" = ? AND "sequence_number" = ?
        AND "event_ser_id" = ? AND "event_ser_manifest" = ?
        AND NOT EXISTS (SELECT 1 FROM "event_journal" AS "later"
          WHERE "later"."persistence_id" = ? AND "later"."sequence_number" > ?)
        AND NOT EXISTS (SELECT 1 FROM "wake_up" WHERE "wake_up"."persistence_id" = ?)
      """;

  private static final String SIZE =
      """
      SELECT octet_length("event_payload") FROM "event_journal"
      WHERE "persistence_id" = ? AND "sequence_number" = ?
      """;

  private static final String DELETE_ALL_SNAPSHOTS =
      "DELETE FROM \"snapshot\" WHERE \"persistence_id\" = ?";

  private static final String SAVE =
      """
      INSERT INTO "snapshot" ("persistence_id", "sequence_number", "created", "snapshot_ser_id",
        "snapshot_ser_manifest", "snapshot_payload") VALUES (?, ?, ?, ?, ?, ?)
      """;

  /**
   * An origin, and what is to stand for it.
   *
   * @param number of the row, which is the one after its last
   */
  record Tombstone(String persistenceId, long number, Remains remains) {
    /** Of an origin of which nothing is needed. */
    Tombstone(String persistenceId, OriginForgotten row) {
      this(persistenceId, row.row(), new Remains(row, Optional.empty()));
    }
  }

  /** Any such row: all are written in the same form. */
  private static final OriginForgotten SAMPLE = new OriginForgotten(1, 0, 0, Instant.EPOCH);

  /** How rows that stand for forgotten origins are stored. */
  record Form(int serializerId, String manifest) {
    boolean isThatOf(int otherSerializerId, String otherManifest) {
      return serializerId == otherSerializerId && manifest.equals(otherManifest);
    }
  }

  /** Looked up; ask once for many rows. */
  Form form() {
    return formOf(SAMPLE);
  }

  private Form formOf(Object stored) {
    var serializer = serialization.findSerializerFor(stored);
    return new Form(serializer.identifier(), Serializers.manifestFor(serializer, stored));
  }

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
    giveWay(connection);
    var count = Purge.Count.NONE;
    for (var tombstone : sorted) {
      count = count.plus(write(connection, tombstone, now));
    }
    return count;
  }

  private void giveWay(Connection connection) throws SQLException {
    if (storage.isPostgres()) {
      try (var setting = connection.createStatement()) {
        setting.execute(GIVE_WAY);
      }
    }
  }

  private Purge.Count write(Connection connection, Tombstone tombstone, Instant now)
      throws SQLException {
    if (!insert(connection, tombstone, now)) {
      return Purge.Count.NONE;
    }
    var state = tombstone.remains().state();
    if (state.isPresent()) {
      save(connection, tombstone, state.get(), now);
    }
    var snapshots = delete(connection, DELETE_SNAPSHOTS, tombstone);
    IndexDeletes.ofOrigin(connection, tombstone.persistenceId());
    var tenant = TenantUse.tenant(tombstone.persistenceId());
    var rows =
        tenant.isEmpty()
            ? delete(connection, DELETE_ROWS, tombstone)
            : deleteCounted(connection, tombstone, tenant.get());
    return new Purge.Count(rows, snapshots, state.isPresent() ? 0 : 1);
  }

  private void save(Connection connection, Tombstone tombstone, Object state, Instant now)
      throws SQLException {
    var form = formOf(state);
    try (var insert = connection.prepareStatement(SAVE)) {
      insert.setString(1, tombstone.persistenceId());
      insert.setLong(2, tombstone.number());
      insert.setLong(3, now.toEpochMilli());
      insert.setInt(4, form.serializerId());
      insert.setString(5, form.manifest());
      insert.setBytes(6, serialization.serialize(state).get());
      insert.executeUpdate();
    }
  }

  private boolean insert(Connection connection, Tombstone tombstone, Instant now)
      throws SQLException {
    var form = formOf(tombstone.remains().row());
    var sql = storage.isPostgres() ? WRITE + " ON CONFLICT DO NOTHING" : WRITE;
    try (var insert = connection.prepareStatement(sql)) {
      insert.setString(1, tombstone.persistenceId());
      insert.setLong(2, tombstone.number());
      insert.setLong(3, now.toEpochMilli());
      insert.setInt(4, form.serializerId());
      insert.setString(5, form.manifest());
      insert.setBytes(6, payload(tombstone));
      insert.setString(7, tombstone.persistenceId());
      insert.setString(8, writer.id());
      return insert.executeUpdate() == 1;
    }
  }

  private byte[] payload(Tombstone tombstone) {
    return serialization.serialize(tombstone.remains().row()).get();
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
    statement.setLong(2, tombstone.number());
  }

  /**
   * Deletes rows that stand for forgotten origins, in one transaction. Nothing is left of them
   * then. Those that have written since are left alone.
   *
   * @param sorted by id: the number of that row
   */
  Purge.Count delete(Connection connection, List<Map.Entry<String, Long>> sorted)
      throws SQLException {
    writer.issue(connection);
    return Transaction.run(
        connection,
        it -> {
          giveWay(it);
          var form = form();
          var count = Purge.Count.NONE;
          for (var origin : sorted) {
            count = count.plus(delete(it, origin.getKey(), origin.getValue(), form));
          }
          return count;
        });
  }

  private Purge.Count delete(Connection connection, String id, long row, Form form)
      throws SQLException {
    var tenant = TenantUse.tenant(id);
    var size = tenant.isPresent() ? size(connection, id, row) : 0;
    try (var delete = connection.prepareStatement(DELETE_LAST)) {
      delete.setString(1, id);
      delete.setLong(2, row);
      delete.setInt(3, form.serializerId());
      delete.setString(4, form.manifest());
      delete.setString(5, id);
      delete.setLong(6, row);
      delete.setString(7, id);
      if (delete.executeUpdate() == 0) {
        return Purge.Count.NONE;
      }
    }
    if (tenant.isPresent()) {
      TenantUse.purged(tenant.get(), size).write(connection);
    }
    try (var delete = connection.prepareStatement(DELETE_ALL_SNAPSHOTS)) {
      delete.setString(1, id);
      return new Purge.Count(1, delete.executeUpdate());
    }
  }

  private static long size(Connection connection, String id, long row) throws SQLException {
    try (var query = connection.prepareStatement(SIZE)) {
      query.setString(1, id);
      query.setLong(2, row);
      try (var found = query.executeQuery()) {
        return found.next() ? found.getLong(1) : 0;
      }
    }
  }
}
