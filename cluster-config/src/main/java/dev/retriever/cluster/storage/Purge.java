package dev.retriever.cluster.storage;

import dev.retriever.cluster.callbacks.rows.EndpointTable;
import dev.retriever.cluster.database.Transaction;
import dev.retriever.cluster.index.IndexDeletes;
import dev.retriever.origin.storage.SnapshotManifest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Deletes journal rows and snapshots that no origin needs any more. Origins are not woken. Several
 * nodes may run it at once: each statement itself decides which rows may go.
 *
 * <p>A row may go if it is older than {@code age} <b>and</b> is before the newest snapshot of its
 * origin <b>and</b> before the first row that this snapshot refers to. No reader needs it any more:
 *
 * <ul>
 *   <li>Recovery begins with that snapshot and reads the rows after it.
 *   <li>The highest row stays, whatever its age: the journal continues its numbers.
 *   <li>A fetch is shown until the retention after its settlement. {@code FetchSettled} is written
 *       at the settlement, so if that row is older than the retention, so is the settlement. The
 *       margin of {@code age} is for clocks that differ, and for readers that got the row's number
 *       just before.
 *   <li>A large request body is read from its row for another attempt. If the fetch was open at the
 *       newest snapshot, the snapshot refers to the row. If it was accepted later, the row is after
 *       it.
 *   <li>The outcome of a fetch whose continuation has not run is in the state, and so in the
 *       snapshot.
 *   <li>A late answer is shown while its row exists. If its fetch was pending long after the
 *       answer, the row may go before the fetch does.
 * </ul>
 *
 * <p>The age also protects the journal: an existing row number stops a writer that was paused and
 * replaced.
 *
 * @param age of rows that may go, by their own time stamps; empty when rows are kept for good
 * @param batch rows that one statement deletes at most, and origins that one lists
 */
public record Purge(Storage storage, Optional<Duration> age, int batch) {
  /** Numbers of deleted rows and snapshots, and of origins that were forgotten. */
  public record Count(long rows, long snapshots, long origins) {
    static final Count NONE = new Count(0, 0, 0);

    Count(long rows, long snapshots) {
      this(rows, snapshots, 0);
    }

    Count plus(Count other) {
      return new Count(rows + other.rows, snapshots + other.snapshots, origins + other.origins);
    }

    Count minus(Count other) {
      return new Count(rows - other.rows, snapshots - other.snapshots, origins - other.origins);
    }
  }

  private record Newest(String persistenceId, long sequenceNumber, SnapshotManifest manifest) {
    /** The first row that is still needed. */
    long from() {
      return manifest.from().filter(row -> row < sequenceNumber).orElse(sequenceNumber);
    }
  }

  private static final String NEWEST_SNAPSHOTS =
      """
      SELECT "persistence_id", "sequence_number", "snapshot_ser_manifest" FROM "snapshot" s
      WHERE "persistence_id" > ? AND "sequence_number" = (
        SELECT MAX("sequence_number") FROM "snapshot" t
        WHERE t."persistence_id" = s."persistence_id")
      ORDER BY "persistence_id" LIMIT ?
      """;

  /** Only the first rows are checked, because an origin's rows are in the order of time. */
  private static final String DELETE_ROWS =
      """
      DELETE FROM "event_journal" WHERE "persistence_id" = ? AND "write_timestamp" < ?
      AND "sequence_number" IN (
        SELECT "sequence_number" FROM "event_journal" WHERE "persistence_id" = ?
        AND "sequence_number" < ? ORDER BY "sequence_number" LIMIT ?)
      AND "sequence_number" < (
        SELECT MAX("sequence_number") FROM "event_journal" WHERE "persistence_id" = ?)
      """;

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
      """
      DELETE FROM "snapshot" WHERE "persistence_id" = ? AND "sequence_number" < ?
      """;

  /**
   * Deletes all rows and snapshots that may go, on one connection of its own.
   *
   * @param stopped asked between statements; the next run deletes the rest
   * @param deleted called after each statement that deleted rows
   */
  public void run(Instant now, BooleanSupplier stopped, Consumer<Count> deleted)
      throws SQLException {
    try (var connection = storage.connect()) {
      var after = "";
      while (!stopped.getAsBoolean()) {
        var page = newestSnapshots(connection, after);
        for (var newest : page) {
          purge(connection, newest, now, stopped, deleted);
        }
        if (page.size() < batch) {
          break;
        }
        after = page.get(page.size() - 1).persistenceId();
      }
      purgeIndex(connection, now, stopped);
      purgeCallbacks(connection, now, stopped);
    }
  }

  /** Of fetches that settled long ago. No search has found them since their retention was over. */
  private void purgeIndex(Connection connection, Instant now, BooleanSupplier stopped)
      throws SQLException {
    if (age.isEmpty()) {
      return;
    }
    var before = now.minus(age.get()).toEpochMilli();
    var rows = (long) batch;
    while (rows == batch && !stopped.getAsBoolean()) {
      rows = Transaction.run(connection, it -> IndexDeletes.settledBefore(it, before, batch));
    }
  }

  private void purgeCallbacks(Connection connection, Instant now, BooleanSupplier stopped)
      throws SQLException {
    if (age.isEmpty()) {
      return;
    }
    var rows = batch;
    while (rows == batch && !stopped.getAsBoolean()) {
      rows = EndpointTable.forget(connection, now.minus(age.get()), batch);
    }
  }

  private List<Newest> newestSnapshots(Connection connection, String after) throws SQLException {
    var page = new ArrayList<Newest>();
    try (var query = connection.prepareStatement(NEWEST_SNAPSHOTS)) {
      query.setString(1, after);
      query.setInt(2, batch);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          var manifest = SnapshotManifest.of(rows.getString(3));
          page.add(new Newest(rows.getString(1), rows.getLong(2), manifest));
        }
      }
    }
    return page;
  }

  private void purge(
      Connection connection,
      Newest newest,
      Instant now,
      BooleanSupplier stopped,
      Consumer<Count> deleted)
      throws SQLException {
    if (age.isPresent()) {
      var before = now.minus(age.get()).toEpochMilli();
      var rows = batch;
      while (rows == batch && !stopped.getAsBoolean()) {
        rows = deleteRows(connection, newest, before);
        deleted.accept(new Count(rows, 0));
      }
    }
    if (!stopped.getAsBoolean()) {
      deleted.accept(new Count(0, deleteSnapshots(connection, newest)));
    }
  }

  private int deleteRows(Connection connection, Newest newest, long before) throws SQLException {
    var tenant = TenantUse.tenant(newest.persistenceId());
    if (tenant.isEmpty()) {
      try (var delete = connection.prepareStatement(DELETE_ROWS)) {
        set(delete, newest, before);
        return delete.executeUpdate();
      }
    }
    return Transaction.run(connection, it -> deleteCounted(it, newest, before, tenant.get()));
  }

  /** Also takes the bytes of the rows off what the tenant has stored. */
  private int deleteCounted(Connection connection, Newest newest, long before, String tenant)
      throws SQLException {
    try (var delete =
        connection.prepareStatement(storage.isPostgres() ? COUNTED_ON_POSTGRES : COUNTED_ON_H2)) {
      set(delete, newest, before);
      try (var counts = delete.executeQuery()) {
        counts.next();
        if (counts.getInt(1) > 0) {
          TenantUse.purged(tenant, counts.getLong(2)).write(connection);
        }
        return counts.getInt(1);
      }
    }
  }

  private void set(PreparedStatement delete, Newest newest, long before) throws SQLException {
    delete.setString(1, newest.persistenceId());
    delete.setLong(2, before);
    delete.setString(3, newest.persistenceId());
    delete.setLong(4, newest.from());
    delete.setInt(5, batch);
    delete.setString(6, newest.persistenceId());
  }

  /** The store reads only the newest snapshot, and the rows that an older one needs may be gone. */
  private int deleteSnapshots(Connection connection, Newest newest) throws SQLException {
    try (var delete = connection.prepareStatement(DELETE_SNAPSHOTS)) {
      delete.setString(1, newest.persistenceId());
      delete.setLong(2, newest.sequenceNumber());
      return delete.executeUpdate();
    }
  }
}
