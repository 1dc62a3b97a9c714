package dev.retriever.cluster.storage;

import dev.retriever.cluster.callbacks.rows.CallbackWrite;
import dev.retriever.cluster.index.IndexWrite;
import dev.retriever.cluster.storage.WakeUpTable.Written;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.pekko.persistence.jdbc.journal.dao.JournalTables.JournalPekkoSerializationRow;

/**
 * Journal rows, and the wake-ups, rows of queues, of the index and of callbacks that follow from
 * them. They are written together or not at all.
 *
 * @param rows have no tags, and no metadata
 * @param wakeUps sorted, so that two writers take their locks in the same order
 */
record JournalWrite(
    List<JournalPekkoSerializationRow> rows,
    SortedMap<String, Written> wakeUps,
    QueueWrite queues,
    IndexWrite index,
    CallbackWrite callbacks) {
  /** Writes to one kind of database. */
  @FunctionalInterface
  interface Statements {
    /**
     * Writes all, or nothing.
     *
     * @param connection commits by itself; of a pool, which takes back what is not committed when
     *     it is closed, and has it commit by itself again
     */
    void execute(Connection connection, JournalWrite write) throws SQLException;
  }

  /** Writes to one kind of database, if the writer has a licence. */
  @FunctionalInterface
  interface Licensed {
    /**
     * As {@link Statements}.
     *
     * @param writer of the rows; without a licence nothing is written, and it fails with {@link
     *     JournalLicence#MISSING}
     */
    void execute(Connection connection, JournalWrite write, String writer) throws SQLException;
  }

  /** Memory of a row beside its payload: its ids and the objects around them. */
  private static final int ROW_ITSELF = 200;

  /** A row below the highest of its origin takes the number of that one, which the key refuses. */
  private static final String ROW =
      """
      INSERT INTO "event_journal" ("persistence_id", "sequence_number", "deleted", "writer",
        "write_timestamp", "adapter_manifest", "event_ser_id", "event_ser_manifest", "event_payload")
      VALUES (?, COALESCE((SELECT MAX("sequence_number") FROM "event_journal"
          WHERE "persistence_id" = ? AND "sequence_number" > ?), ?), FALSE, ?, ?, ?, ?, ?, ?)
      """;

  /** Without rows of queues and of the index. */
  JournalWrite(List<JournalPekkoSerializationRow> rows, SortedMap<String, Written> wakeUps) {
    this(rows, wakeUps, QueueWrite.NONE, IndexWrite.NONE, CallbackWrite.NONE);
  }

  /** All writes as one. The last wake-up of an origin counts, and the last state of a line. */
  static JournalWrite together(List<JournalWrite> writes) {
    if (writes.size() == 1) {
      return writes.get(0);
    }
    var rows = new ArrayList<JournalPekkoSerializationRow>();
    var wakeUps = new TreeMap<String, Written>();
    for (var write : writes) {
      rows.addAll(write.rows);
      wakeUps.putAll(write.wakeUps);
    }
    return new JournalWrite(
        rows,
        wakeUps,
        QueueWrite.together(writes.stream().map(JournalWrite::queues).toList()),
        IndexWrite.together(writes.stream().map(JournalWrite::index).toList()),
        CallbackWrite.together(writes.stream().map(JournalWrite::callbacks).toList()));
  }

  /** The approximate memory of its rows; wake-ups are small. */
  long bytes() {
    return rows.stream().mapToLong(JournalWrite::bytes).sum()
        + queues.bytes()
        + index.bytes()
        + callbacks.bytes();
  }

  static long bytes(JournalPekkoSerializationRow row) {
    return row.eventPayload().length + ROW_ITSELF;
  }

  /** In a transaction, row by row: {@link Licensed} for a database in the same process. */
  static void rowByRow(Connection connection, JournalWrite write, String writer)
      throws SQLException {
    connection.setAutoCommit(false);
    JournalLicence.check(connection, writer);
    insert(connection, write.rows);
    WakeUpTable.write(connection, write.wakeUps);
    H2QueueWrite.execute(connection, write.queues);
    write.index.write(connection);
    write.callbacks.write(connection);
    TenantUse.of(write.rows).write(connection);
    connection.commit();
  }

  private static void insert(Connection connection, List<JournalPekkoSerializationRow> rows)
      throws SQLException {
    try (var insert = connection.prepareStatement(ROW)) {
      for (var row : rows) {
        insert.setString(1, row.persistenceId());
        insert.setString(2, row.persistenceId());
        insert.setLong(3, row.sequenceNumber());
        insert.setLong(4, row.sequenceNumber());
        insert.setString(5, row.writer());
        insert.setLong(6, row.writeTimestamp());
        insert.setString(7, row.adapterManifest());
        insert.setInt(8, row.eventSerId());
        insert.setString(9, row.eventSerManifest());
        insert.setBytes(10, row.eventPayload());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }
}
