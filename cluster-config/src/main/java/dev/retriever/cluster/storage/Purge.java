package dev.retriever.cluster.storage;

import dev.retriever.origin.storage.SnapshotManifest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Deletes what no origin needs any more: journal rows, and snapshots that a newer one has replaced.
 * Origins are not woken. Runs of several nodes at once do no harm: each statement says itself what
 * may go, and what is gone is gone for both.
 *
 * <p>A row may go when it is older than {@code age} <b>and</b> stands before the newest snapshot of
 * its origin, and before the first row that this snapshot refers to. Why nobody misses it:
 *
 * <ul>
 *   <li>Recovery begins with that snapshot, and reads the rows behind it.
 *   <li>The highest row stays, whatever its age: the journal counts on from it.
 *   <li>A fetch is shown until the retention after its settlement. Its {@code FetchSettled} is
 *       written when it settles, not before, so when that row is older than the retention, so is
 *       the settlement. The part of {@code age} beyond the retention is for clocks that differ, and
 *       for readers who were given the row's number just in time.
 *   <li>A large request body is read from its row for another attempt. Of a fetch that was open at
 *       the newest snapshot, that names the row; of one that was accepted later, the row is behind.
 *   <li>The outcome of a fetch whose continuation has not run is kept in the state, and with it in
 *       the snapshot.
 *   <li>A late answer is shown for as long as its row is there; one that came to a fetch that was
 *       pending long after may go before the fetch does.
 * </ul>
 *
 * <p>Age guards more than readers: a row number that is taken is what stops a writer that was
 * paused, and replaced, from writing on.
 *
 * @param age of rows that may go, by their own time stamps; empty when rows are kept for good
 * @param batch rows that one statement deletes at most, and origins that one lists
 */
public record Purge(Storage storage, Optional<Duration> age, int batch) {
  /** What was deleted. */
  public record Count(long rows, long snapshots) {
    static final Count NONE = new Count(0, 0);

    Count plus(Count other) {
      return new Count(rows + other.rows, snapshots + other.snapshots);
    }

    Count minus(Count other) {
      return new Count(rows - other.rows, snapshots - other.snapshots);
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

  /** Only the first are looked at: an origin's rows are in the order of time. */
  private static final String DELETE_ROWS =
      """
      DELETE FROM "event_journal" WHERE "persistence_id" = ? AND "write_timestamp" < ?
      AND "sequence_number" IN (
        SELECT "sequence_number" FROM "event_journal" WHERE "persistence_id" = ?
        AND "sequence_number" < ? ORDER BY "sequence_number" LIMIT ?)
      AND "sequence_number" < (
        SELECT MAX("sequence_number") FROM "event_journal" WHERE "persistence_id" = ?)
      """;

  private static final String DELETE_SNAPSHOTS =
      """
      DELETE FROM "snapshot" WHERE "persistence_id" = ? AND "sequence_number" < ?
      """;

  /**
   * Deletes all that may go. Takes one connection of its own, and gives it back.
   *
   * @param stopped asked between statements; what is left then is for the next run
   * @param deleted told of each statement that deleted something, when it has
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
    try (var delete = connection.prepareStatement(DELETE_ROWS)) {
      delete.setString(1, newest.persistenceId());
      delete.setLong(2, before);
      delete.setString(3, newest.persistenceId());
      delete.setLong(4, newest.from());
      delete.setInt(5, batch);
      delete.setString(6, newest.persistenceId());
      return delete.executeUpdate();
    }
  }

  /** The store reads the newest only, and the rows that an older one would need may be gone. */
  private int deleteSnapshots(Connection connection, Newest newest) throws SQLException {
    try (var delete = connection.prepareStatement(DELETE_SNAPSHOTS)) {
      delete.setString(1, newest.persistenceId());
      delete.setLong(2, newest.sequenceNumber());
      return delete.executeUpdate();
    }
  }
}
