package dev.retriever.cluster.storage;

import dev.retriever.cluster.index.IndexDeletes;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.erasure.ErasedRow;
import dev.retriever.origin.erasure.RowEraser;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;

/**
 * Overwrites rows in the database, and deletes the snapshots before them. One origin at a time;
 * what a node is asked for meanwhile waits, up to {@link #MOST_WAITING}.
 *
 * <p>A writer that was paused and replaced may do the same at any time: it writes what is there.
 */
public final class JdbcRowEraser implements RowEraser {
  /** More than that are refused, and asked for again later. */
  static final int MOST_WAITING = 10_000;

  /** Numbers of rows that are read at once. */
  private static final int PAGE = 1_000;

  private static final String NUMBERS =
      """
      SELECT "sequence_number" FROM "event_journal"
      WHERE "persistence_id" = ? AND "sequence_number" >= ? AND "sequence_number" < ?
      ORDER BY "sequence_number" LIMIT ?
      """;

  private static final String READ =
      """
      SELECT "event_ser_id", "event_ser_manifest", "event_payload" FROM "event_journal"
      WHERE "persistence_id" = ? AND "sequence_number" = ?
      """;

  /** Only over what was read: the row may have been purged, and stand for a forgotten origin. */
  private static final String OVERWRITE =
      """
      UPDATE "event_journal" SET "event_payload" = ?
      WHERE "persistence_id" = ? AND "sequence_number" = ? AND "event_ser_manifest" = ?
      """;

  private static final String DELETE_SNAPSHOTS =
      """
      DELETE FROM "snapshot" WHERE "persistence_id" = ? AND "sequence_number" < ? AND EXISTS (
        SELECT 1 FROM "snapshot" s WHERE s."persistence_id" = ? AND s."sequence_number" >= ?)
      """;

  private static final String IS_CLEAN =
      """
      SELECT NOT EXISTS (
        SELECT 1 FROM "snapshot" WHERE "persistence_id" = ? AND "sequence_number" < ?)
      """;

  private final Storage storage;
  private final Serialization serialization;
  private final Executor threads;
  private final Semaphore room = new Semaphore(MOST_WAITING);
  private final Object oneByOne = new Object();

  /** One for the types of a node. */
  public static RowEraser of(ActorSystem<?> system, Storage storage) {
    return new JdbcRowEraser(
        storage,
        SerializationExtension.get(system),
        system.dispatchers().lookup(DispatcherSelector.blocking()));
  }

  /**
   * @param threads may be blocked
   */
  JdbcRowEraser(Storage storage, Serialization serialization, Executor threads) {
    this.storage = storage;
    this.serialization = serialization;
    this.threads = threads;
  }

  @Override
  public CompletionStage<Boolean> overwrite(Rows rows) {
    if (!room.tryAcquire()) {
      return CompletableFuture.failedFuture(
          new RejectedExecutionException(MOST_WAITING + " fetches wait to be erased here"));
    }
    return CompletableFuture.supplyAsync(() -> run(rows), threads)
        .whenComplete((clean, failure) -> room.release());
  }

  private boolean run(Rows rows) {
    synchronized (oneByOne) {
      try (var connection = storage.connect()) {
        var next = rows.from();
        var numbers = numbers(connection, rows, next);
        while (!numbers.isEmpty()) {
          for (var number : numbers) {
            overwrite(connection, rows.persistenceId(), rows.fetchId(), number);
          }
          next = numbers.get(numbers.size() - 1) + 1;
          numbers = numbers(connection, rows, next);
        }
        IndexDeletes.labels(connection, rows.persistenceId(), rows.place());
        return deleteSnapshots(connection, rows.persistenceId(), rows.to());
      } catch (SQLException e) {
        throw new IllegalStateException(rows + " are not overwritten", e);
      }
    }
  }

  private static List<Long> numbers(Connection connection, Rows rows, long from)
      throws SQLException {
    var numbers = new ArrayList<Long>();
    try (var query = connection.prepareStatement(NUMBERS)) {
      query.setString(1, rows.persistenceId());
      query.setLong(2, from);
      query.setLong(3, rows.to());
      query.setInt(4, PAGE);
      try (var found = query.executeQuery()) {
        while (found.next()) {
          numbers.add(found.getLong(1));
        }
      }
    }
    return numbers;
  }

  private void overwrite(Connection connection, String persistenceId, String fetchId, long number)
      throws SQLException {
    try (var query = connection.prepareStatement(READ)) {
      query.setString(1, persistenceId);
      query.setLong(2, number);
      try (var row = query.executeQuery()) {
        if (!row.next() || !row.getString(2).startsWith(OriginEvent.class.getName())) {
          return;
        }
        var before = row.getBytes(3);
        var manifest = row.getString(2);
        var event = serialization.deserialize(before, row.getInt(1), manifest).get();
        var erased = ErasedRow.of(event, fetchId);
        if (erased.isPresent()) {
          var after = serialization.serialize(erased.get()).get();
          write(connection, persistenceId, number, manifest, before, after);
        }
      }
    }
  }

  private static void write(
      Connection connection,
      String persistenceId,
      long number,
      String manifest,
      byte[] before,
      byte[] after)
      throws SQLException {
    connection.setAutoCommit(false);
    try (var update = connection.prepareStatement(OVERWRITE)) {
      update.setBytes(1, after);
      update.setString(2, persistenceId);
      update.setLong(3, number);
      update.setString(4, manifest);
      var tenant = TenantUse.tenant(persistenceId);
      if (update.executeUpdate() == 1 && tenant.isPresent()) {
        TenantUse.purged(tenant.get(), (long) before.length - after.length).write(connection);
      }
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private static boolean deleteSnapshots(Connection connection, String persistenceId, long to)
      throws SQLException {
    try (var delete = connection.prepareStatement(DELETE_SNAPSHOTS)) {
      delete.setString(1, persistenceId);
      delete.setLong(2, to);
      delete.setString(3, persistenceId);
      delete.setLong(4, to);
      delete.executeUpdate();
    }
    try (var query = connection.prepareStatement(IS_CLEAN)) {
      query.setString(1, persistenceId);
      query.setLong(2, to);
      try (var answer = query.executeQuery()) {
        answer.next();
        return answer.getBoolean(1);
      }
    }
  }
}
