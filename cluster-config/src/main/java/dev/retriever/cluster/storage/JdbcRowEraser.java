package dev.retriever.cluster.storage;

import dev.retriever.cluster.database.Transaction;
import dev.retriever.cluster.formation.LastTasks;
import dev.retriever.cluster.index.IndexDeletes;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.HandlingFailed;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.erasure.ErasedRow;
import dev.retriever.origin.erasure.RowEraser;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;

/**
 * Overwrites rows in the database, and deletes the snapshots before them, one fetch after the other
 * in a thread of its own. What a node is asked for meanwhile waits, up to {@link #MOST_WAITING}.
 *
 * <p>A writer that was paused and replaced may do the same at any time: it writes what is there.
 */
public final class JdbcRowEraser implements RowEraser {
  /** More than that are refused, and asked for again later. */
  static final int MOST_WAITING = 10_000;

  /** Numbers of rows that are read at once. */
  private static final int PAGE = 1_000;

  /** With names of classes, which the manifests begin with. */
  private static final String NUMBERS =
      """
      SELECT "sequence_number" FROM "event_journal"
      WHERE "persistence_id" = ? AND "sequence_number" >= ? AND "sequence_number" < ?
        AND ("event_ser_manifest" LIKE ? OR "sequence_number" <= ? AND (
          "event_ser_manifest" LIKE ? OR "event_ser_manifest" LIKE ?
          OR "event_ser_manifest" LIKE ? OR "event_ser_manifest" LIKE ?))
      ORDER BY "sequence_number" LIMIT ?
      """;

  private static final List<String> WITH_BODIES =
      Stream.of(FetchAccepted.class, AttemptEnded.class, FetchSettled.class, LateAnswerKept.class)
          .map(JdbcRowEraser::pattern)
          .toList();

  private static final String READ =
      """
      SELECT "event_ser_id", "event_ser_manifest", "event_payload" FROM "event_journal"
      WHERE "persistence_id" = ? AND "sequence_number" = ? FOR UPDATE
      """;

  private static final String OVERWRITE =
      """
      UPDATE "event_journal" SET "event_payload" = ?
      WHERE "persistence_id" = ? AND "sequence_number" = ?
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
  private final Executor thread;

  /** One for the types of a node. */
  public static RowEraser of(ActorSystem<?> system, Storage storage) {
    var thread =
        new ThreadPoolExecutor(
            0,
            1,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(MOST_WAITING),
            JdbcRowEraser::daemon);
    LastTasks.run(system, "stop-erasing", thread::shutdownNow);
    return new JdbcRowEraser(storage, SerializationExtension.get(system), thread);
  }

  private static Thread daemon(Runnable work) {
    var thread = new Thread(work, "retriever-eraser");
    thread.setDaemon(true);
    return thread;
  }

  private static String pattern(Class<?> event) {
    return event.getName() + "%";
  }

  /**
   * @param thread refuses what is too much
   */
  JdbcRowEraser(Storage storage, Serialization serialization, Executor thread) {
    this.storage = storage;
    this.serialization = serialization;
    this.thread = thread;
  }

  @Override
  public CompletionStage<Boolean> overwrite(Rows rows) {
    try {
      return CompletableFuture.supplyAsync(() -> run(rows), thread);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new RejectedExecutionException(
              "the node stops, or " + MOST_WAITING + " fetches wait to be erased here", e));
    }
  }

  private boolean run(Rows rows) {
    try (var connection = storage.connect()) {
      var numbers = numbers(connection, rows, rows.from());
      while (!numbers.isEmpty()) {
        for (var number : numbers) {
          Transaction.write(connection, it -> overwrite(it, rows, number));
        }
        numbers = numbers(connection, rows, numbers.get(numbers.size() - 1) + 1);
      }
      IndexDeletes.labels(connection, rows.persistenceId(), rows.place());
      return deleteSnapshots(connection, rows.persistenceId(), rows.to());
    } catch (SQLException e) {
      throw new IllegalStateException(rows + " are not overwritten", e);
    }
  }

  private static List<Long> numbers(Connection connection, Rows rows, long from)
      throws SQLException {
    var numbers = new ArrayList<Long>();
    try (var query = connection.prepareStatement(NUMBERS)) {
      query.setString(1, rows.persistenceId());
      query.setLong(2, from);
      query.setLong(3, rows.to());
      query.setString(4, pattern(HandlingFailed.class));
      query.setLong(5, rows.last());
      for (var n = 0; n < WITH_BODIES.size(); n++) {
        query.setString(6 + n, WITH_BODIES.get(n));
      }
      query.setInt(6 + WITH_BODIES.size(), PAGE);
      try (var found = query.executeQuery()) {
        while (found.next()) {
          numbers.add(found.getLong(1));
        }
      }
    }
    return numbers;
  }

  /** In a transaction of its own: the origin and the purge go on meanwhile. */
  private void overwrite(Connection connection, Rows rows, long number) throws SQLException {
    try (var query = connection.prepareStatement(READ)) {
      query.setString(1, rows.persistenceId());
      query.setLong(2, number);
      try (var row = query.executeQuery()) {
        if (row.next()) {
          var before = row.getBytes(3);
          var event = serialization.deserialize(before, row.getInt(1), row.getString(2)).get();
          var erased = ErasedRow.of(event, rows.fetchId());
          if (erased.isPresent()) {
            write(connection, rows, number, before, serialization.serialize(erased.get()).get());
          }
        }
      }
    }
  }

  private static void write(
      Connection connection, Rows rows, long number, byte[] before, byte[] after)
      throws SQLException {
    try (var update = connection.prepareStatement(OVERWRITE)) {
      update.setBytes(1, after);
      update.setString(2, rows.persistenceId());
      update.setLong(3, number);
      update.executeUpdate();
    }
    var tenant = TenantUse.tenant(rows.persistenceId());
    if (tenant.isPresent()) {
      TenantUse.purged(tenant.get(), (long) before.length - after.length).write(connection);
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
