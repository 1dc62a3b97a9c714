package dev.retriever.cluster.storage;

import dev.retriever.cluster.database.Transaction;
import dev.retriever.cluster.storage.ConnectionSettings.Use;
import dev.retriever.origin.queue.rows.QueueStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The rows of queues in the database. It has its own connections and threads, so that it does not
 * compete with the journal's writers. A stage fails when the database cannot be had, or when {@link
 * #MOST_WAITING} calls wait; then the caller asks again. Thread-safe.
 */
public final class JdbcQueueStore implements QueueStore, AutoCloseable {
  /** Calls that wait for a connection at most. */
  public static final int MOST_WAITING = 20_000;

  /** It opens so many at most. */
  public static final int CONNECTIONS = 2;

  private static final Place FIRST = new Place("", "", 0);

  private final Connections.Pool source;
  private final ThreadPoolExecutor threads;

  public JdbcQueueStore(Storage storage) {
    source = storage.connections().pool(Use.WAKE_UP, CONNECTIONS);
    var number = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            CONNECTIONS,
            CONNECTIONS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_WAITING),
            work -> {
              var thread = new Thread(work, "retriever-queue-store-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  private interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  private <T> CompletionStage<T> call(String what, Work<T> work) {
    var result = new CompletableFuture<T>();
    try {
      threads.execute(
          () -> {
            try (var connection = source.get()) {
              result.complete(work.on(connection));
            } catch (SQLException | RuntimeException e) {
              result.completeExceptionally(
                  new IllegalStateException("the database did not " + what, e));
            }
          });
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(
          new IllegalStateException(
              "%d calls for queues wait for the database, or the node stops; the database is not asked to %s"
                  .formatted(threads.getQueue().size(), what),
              e));
    }
    return result;
  }

  private <T> CompletionStage<T> transaction(String what, Transaction.Work<T> work) {
    return call(what, connection -> Transaction.run(connection, work));
  }

  @Override
  public CompletionStage<Boolean> begin(String queue, long epoch) {
    return transaction(
        "begin incarnation " + epoch + " of queue " + queue,
        connection ->
            QueueStatements.begin(connection, queue, epoch, QueueStore.firstFloor(epoch)));
  }

  @Override
  public CompletionStage<Boolean> raise(String queue, long epoch, long floor) {
    return transaction(
        "raise the floor of queue " + queue,
        connection -> QueueStatements.raise(connection, queue, epoch, floor));
  }

  @Override
  public CompletionStage<List<Slot>> slots(String queue) {
    return call(
        "list the slots of queue " + queue, connection -> QueueStatements.slots(connection, queue));
  }

  @Override
  public CompletionStage<List<HeldKey>> keys(String queue) {
    return call(
        "list the keys of queue " + queue, connection -> QueueStatements.keys(connection, queue));
  }

  @Override
  public CompletionStage<List<StoredLine>> lines(String queue, Optional<Place> after, int limit) {
    return call(
        "list the lines of queue " + queue,
        connection -> QueueStatements.lines(connection, queue, after.orElse(FIRST), limit));
  }

  @Override
  public CompletionStage<List<Slot>> freeLingering(String queue, Duration after) {
    return call(
        "free slots of queue " + queue,
        connection -> QueueStatements.freeLingering(connection, queue, after));
  }

  @Override
  public CompletionStage<Boolean> free(String queue, int slot, long grantNo) {
    return call(
        "free slot " + slot + " of queue " + queue,
        connection -> QueueStatements.free(connection, queue, slot, grantNo));
  }

  @Override
  public CompletionStage<List<String>> names() {
    return call("list the queues", connection -> List.copyOf(QueueStatements.names(connection)));
  }

  @Override
  public CompletionStage<Gate> gate(String queue) {
    return call(
        "read the gate of queue " + queue, connection -> QueueStatements.gate(connection, queue));
  }

  @Override
  public CompletionStage<Void> publish(String queue, long epoch, Gate gate) {
    return transaction(
        "publish the gate of queue " + queue,
        connection -> {
          if (QueueStatements.isNewest(connection, queue, epoch)) {
            QueueStatements.publish(connection, queue, gate);
          }
          return null;
        });
  }

  @Override
  public CompletionStage<Boolean> endPasses(String queue, long epoch, long floor) {
    return transaction(
        "end the passes of queue " + queue,
        connection ->
            QueueStatements.isNewest(connection, queue, epoch)
                && QueueStatements.endPasses(connection, queue, epoch, floor));
  }

  @Override
  public CompletionStage<List<Listing>> listed() {
    return call("list the settings of queues", QueueStatements::listed);
  }

  /** Calls that wait fail. */
  @Override
  public void close() {
    threads.shutdown();
    source.close();
  }
}
