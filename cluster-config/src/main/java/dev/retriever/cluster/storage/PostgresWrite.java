package dev.retriever.cluster.storage;

import dev.retriever.cluster.database.PostgresMessage;
import dev.retriever.cluster.storage.WakeUpTable.Written;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.pekko.persistence.jdbc.journal.dao.JournalTables.JournalPekkoSerializationRow;

/**
 * Writes rows, and the wake-ups, rows of queues and of the index, and use of tenants that follow
 * from them, with one message to PostgreSQL and one answer. Row by row in a transaction took four
 * messages, and half as long again for a single write.
 */
final class PostgresWrite {
  /**
   * Without a licence the number of the row is divided by zero, and the transaction fails. A row
   * below the highest of its origin takes the number of that one, which the key refuses: its writer
   * does not know rows that are there, or were there until the purge.
   */
  private static final String ROWS =
      """
      INSERT INTO event_journal (persistence_id, sequence_number, deleted, writer, write_timestamp,
        adapter_manifest, event_ser_id, event_ser_manifest, event_payload)
      SELECT id, COALESCE(
          (SELECT max(sequence_number) FROM event_journal WHERE persistence_id = rows.id AND sequence_number > rows.number),
          number) / (SELECT count(*) FROM journal_writer AS licence WHERE licence.id = ANY (?::text[])),
        FALSE, writer, written, adapter, serializer, manifest, payload
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

  /** Writes wake-ups that follow from no rows. */
  static void wakeUps(Connection connection, SortedMap<String, Written> wakeUps)
      throws SQLException {
    var message = new PostgresMessage();
    wakeUps(message.then(WAKE_UPS), wakeUps);
    message.execute(connection);
  }

  /**
   * Writes all, or nothing.
   *
   * @param connection commits by itself, unless the caller has a transaction of its own
   * @param writer of the rows; without a licence nothing is written
   */
  static void execute(Connection connection, JournalWrite write, String writer)
      throws SQLException {
    var message = new PostgresMessage();
    if (!write.rows().isEmpty()) {
      rows(message.then(ROWS).array("text", List.of(writer), it -> it), write.rows());
    }
    if (!write.wakeUps().isEmpty()) {
      wakeUps(message.then(WAKE_UPS), write.wakeUps());
    }
    PostgresQueueWrite.add(message, write.queues());
    write.index().addTo(message);
    write.callbacks().addTo(message);
    // The last part, so that its locks are held for the shortest time.
    var use = TenantUse.of(write.rows());
    if (!use.isNothing()) {
      use(message.then(TENANT_USE), use);
    }
    message.execute(connection);
  }

  private static void rows(PostgresMessage message, List<JournalPekkoSerializationRow> rows) {
    message
        .array("text", rows, JournalPekkoSerializationRow::persistenceId)
        .array("bigint", rows, JournalPekkoSerializationRow::sequenceNumber)
        .array("text", rows, JournalPekkoSerializationRow::writer)
        .array("bigint", rows, JournalPekkoSerializationRow::writeTimestamp)
        .array("text", rows, JournalPekkoSerializationRow::adapterManifest)
        .array("int", rows, JournalPekkoSerializationRow::eventSerId)
        .array("text", rows, JournalPekkoSerializationRow::eventSerManifest)
        .array(
            rows.stream().map(JournalPekkoSerializationRow::eventPayload).toArray(byte[][]::new));
  }

  private static void wakeUps(PostgresMessage message, SortedMap<String, Written> wakeUps) {
    var entries = WakeUpTable.entries(wakeUps);
    message
        .array("text", List.copyOf(wakeUps.keySet()), id -> id)
        .array("text", entries, entry -> entry.persistenceId())
        .array("text", entries, entry -> entry.poolId())
        .array("int", entries, entry -> WakeUpTable.slice(entry.persistenceId()))
        .array("bigint", entries, entry -> entry.at().toEpochMilli())
        .array("bigint", entries, entry -> entry.row());
  }

  private static void use(PostgresMessage message, TenantUse use) {
    var changes = List.copyOf(use.byTenant().entrySet());
    message
        .array("text", changes, Map.Entry::getKey)
        .array("int", changes, change -> TenantUse.stripe())
        .array("bigint", changes, change -> change.getValue().pending())
        .array("bigint", changes, change -> change.getValue().bytes());
  }
}
