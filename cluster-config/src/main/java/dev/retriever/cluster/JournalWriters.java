package dev.retriever.cluster;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.Future;
import scala.concurrent.Promise;
import scala.runtime.BoxedUnit;

/**
 * Writes to the journal, each time together what came while the last was being written: a batch is
 * one commit, and so one sync of the disk. A few threads that do nothing else, each with one hand
 * over from the journal and one back. Thread-safe.
 */
final class JournalWriters {
  private static final Logger LOG = LoggerFactory.getLogger(JournalWriters.class);

  /** No more is added to a batch after so much: its arrays are whole in memory, here and there. */
  static final long MAX_BYTES = 8 << 20;

  /** A row is there already: two wrote for the same origin. */
  private static final String UNIQUE_VIOLATION = "23505";

  /** Where the writers have their connections from. */
  @FunctionalInterface
  interface Connections {
    /** One that commits by itself; closed after each batch. */
    Connection get() throws SQLException;
  }

  /**
   * How much there may be.
   *
   * @param writers batches that are written at once
   * @param rows no more is added to a batch after so many
   * @param waiting writes that wait at most; above it they fail
   */
  record Limits(int writers, int rows, int waiting) {}

  private record Waiting(JournalWrite write, Promise<BoxedUnit> written) {
    void succeed() {
      written.success(BoxedUnit.UNIT);
    }

    void fail(Throwable cause) {
      written.failure(cause);
    }
  }

  private final Connections connections;
  private final JournalWrite.Statements statements;
  private final Limits limits;
  private final BlockingQueue<Waiting> queue;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  JournalWriters(Connections connections, JournalWrite.Statements statements, Limits limits) {
    this.connections = connections;
    this.statements = statements;
    this.limits = limits;
    queue = new ArrayBlockingQueue<>(limits.waiting());
    for (var n = 1; n <= limits.writers(); n++) {
      var thread = new Thread(this::run, "retriever-journal-writer-" + n);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /** Completes when it is committed; fails when it is not, or when that cannot be known. */
  Future<BoxedUnit> write(JournalWrite write) {
    var waiting = new Waiting(write, Promise.apply());
    if (!queue.offer(waiting)) {
      waiting.fail(
          new IllegalStateException(
              "%d writes wait for the database, the most that may (jdbc-journal.bufferSize)"
                  .formatted(limits.waiting())));
    } else if (stopped) {
      failAll();
    }
    return waiting.written().future();
  }

  /** Ends after what is being written; what waits fails. */
  void stop() {
    stopped = true;
    threads.forEach(Thread::interrupt);
    failAll();
  }

  private void failAll() {
    for (var waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
      waiting.fail(new IllegalStateException("the node stops; the write was not begun"));
    }
  }

  private void run() {
    while (!stopped) {
      try {
        writeAll(next());
      } catch (InterruptedException e) {
        LOG.debug("stopped");
      }
    }
  }

  private List<Waiting> next() throws InterruptedException {
    var batch = new ArrayList<Waiting>();
    var rows = 0;
    var bytes = 0L;
    for (var next = queue.take(); next != null; next = queue.poll()) {
      batch.add(next);
      rows += next.write().rows().size();
      bytes += next.write().bytes();
      if (rows >= limits.rows() || bytes >= MAX_BYTES) {
        break;
      }
    }
    return batch;
  }

  private void writeAll(List<Waiting> batch) {
    try {
      execute(JournalWrite.together(batch.stream().map(Waiting::write).toList()));
    } catch (SQLException e) {
      if (batch.size() > 1 && UNIQUE_VIOLATION.equals(e.getSQLState())) {
        // Nothing of it was written. Who was replaced must not fail the others.
        batch.forEach(each -> writeAll(List.of(each)));
      } else {
        fail(batch, e);
      }
      return;
    } catch (RuntimeException | Error e) {
      // Who waits must hear of it, and the thread go on.
      fail(batch, e);
      return;
    }
    batch.forEach(Waiting::succeed);
  }

  private void execute(JournalWrite write) throws SQLException {
    try (var connection = connections.get()) {
      statements.execute(connection, write);
    }
  }

  private static void fail(List<Waiting> batch, Throwable cause) {
    var failure =
        new IllegalStateException("journal rows and their wake-ups cannot be written", cause);
    batch.forEach(waiting -> waiting.fail(failure));
  }
}
