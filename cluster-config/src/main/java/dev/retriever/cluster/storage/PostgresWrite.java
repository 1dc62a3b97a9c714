package dev.retriever.cluster.storage;

import dev.retriever.cluster.storage.WakeUpTable.Written;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;
import org.apache.pekko.persistence.jdbc.journal.dao.JournalTables.JournalPekkoSerializationRow;

/**
 * Writes rows, and the wake-ups and use of tenants that follow from them, with one message to
 * PostgreSQL and one answer. The message has several statements; they are one transaction, because
 * the connection commits by itself. Row by row in a transaction took four messages, and half as
 * long again for a single write.
 */
final class PostgresWrite {
  private static final String ROWS =
      """
      INSERT INTO event_journal (persistence_id, sequence_number, deleted, writer, write_timestamp,
        adapter_manifest, event_ser_id, event_ser_manifest, event_payload)
      SELECT id, number, FALSE, writer, written, adapter, serializer, manifest, payload
      FROM unnest(?::text[], ?::bigint[], ?::text[], ?::bigint[], ?::text[], ?::int[], ?::text[],
        ?::bytea[]) AS rows(id, number, writer, written, adapter, serializer, manifest, payload)
      """;

  private static final String WAKE_UPS =
      """
      DELETE FROM "wake_up" WHERE "persistence_id" = ANY (?::text[]);
      INSERT INTO "wake_up" ("persistence_id", "executor", "slice", "wake_at", "sequence_number")
      SELECT * FROM unnest(?::text[], ?::text[], ?::int[], ?::bigint[], ?::bigint[])
      ON CONFLICT ("persistence_id", "executor") DO UPDATE
      SET "wake_at" = EXCLUDED."wake_at", "sequence_number" = EXCLUDED."sequence_number"
      """;

  private static final String TENANT_USE =
      """
      INSERT INTO "tenant_use" ("tenant", "stripe", "pending", "bytes")
      SELECT * FROM unnest(?::text[], ?::int[], ?::bigint[], ?::bigint[])
      ON CONFLICT ("tenant", "stripe") DO UPDATE
      SET "pending" = "tenant_use"."pending" + EXCLUDED."pending",
        "bytes" = "tenant_use"."bytes" + EXCLUDED."bytes"
      """;

  private PostgresWrite() {}

  /**
   * Writes all, or nothing.
   *
   * @param connection commits by itself, unless the caller has a transaction of its own
   */
  static void execute(Connection connection, JournalWrite both) throws SQLException {
    var rows = both.rows();
    var wakeUps = both.wakeUps();
    if (rows.isEmpty() && wakeUps.isEmpty()) {
      return;
    }
    var use = TenantUse.of(rows);
    var parts = new ArrayList<String>();
    if (!rows.isEmpty()) {
      parts.add(ROWS);
    }
    if (!wakeUps.isEmpty()) {
      parts.add(WAKE_UPS);
    }
    // The last part, so that its locks are held for the shortest time.
    if (!use.isNothing()) {
      parts.add(TENANT_USE);
    }
    try (var write = connection.prepareStatement(String.join(";\n", parts))) {
      var arrays = new Arrays(connection, write);
      if (!rows.isEmpty()) {
        set(arrays, rows);
      }
      if (!wakeUps.isEmpty()) {
        set(arrays, wakeUps);
      }
      if (!use.isNothing()) {
        set(arrays, use);
      }
      write.execute();
    }
  }

  private static void set(Arrays arrays, List<JournalPekkoSerializationRow> rows)
      throws SQLException {
    arrays.next("text", rows, JournalPekkoSerializationRow::persistenceId);
    arrays.next("bigint", rows, JournalPekkoSerializationRow::sequenceNumber);
    arrays.next("text", rows, JournalPekkoSerializationRow::writer);
    arrays.next("bigint", rows, JournalPekkoSerializationRow::writeTimestamp);
    arrays.next("text", rows, JournalPekkoSerializationRow::adapterManifest);
    arrays.next("int", rows, JournalPekkoSerializationRow::eventSerId);
    arrays.next("text", rows, JournalPekkoSerializationRow::eventSerManifest);
    arrays.next(
        rows.stream().map(JournalPekkoSerializationRow::eventPayload).toArray(byte[][]::new));
  }

  private static void set(Arrays arrays, SortedMap<String, Written> wakeUps) throws SQLException {
    arrays.next("text", List.copyOf(wakeUps.keySet()), Function.identity());
    var entries = WakeUpTable.entries(wakeUps);
    arrays.next("text", entries, entry -> entry.persistenceId());
    arrays.next("text", entries, entry -> entry.poolId());
    arrays.next("int", entries, entry -> WakeUpTable.slice(entry.persistenceId()));
    arrays.next("bigint", entries, entry -> entry.at().toEpochMilli());
    arrays.next("bigint", entries, entry -> entry.row());
  }

  private static void set(Arrays arrays, TenantUse use) throws SQLException {
    var changes = List.copyOf(use.byTenant().entrySet());
    arrays.next("text", changes, Map.Entry::getKey);
    arrays.next("int", changes, change -> TenantUse.stripe());
    arrays.next("bigint", changes, change -> change.getValue().pending());
    arrays.next("bigint", changes, change -> change.getValue().bytes());
  }

  /** The parameters of a statement, as arrays in order. */
  private static final class Arrays {
    private final Connection connection;
    private final PreparedStatement statement;
    private int index;

    Arrays(Connection connection, PreparedStatement statement) {
      this.connection = connection;
      this.statement = statement;
    }

    <T> void next(String type, List<T> all, Function<T, Object> value) throws SQLException {
      set(connection.createArrayOf(type, all.stream().map(value).toArray()));
    }

    void next(byte[][] values) throws SQLException {
      set(connection.createArrayOf("bytea", values));
    }

    private void set(Array array) throws SQLException {
      statement.setArray(++index, array);
    }
  }
}
