package dev.retriever.cluster.storage;

import dev.retriever.cluster.metrics.JournalMeter;
import dev.retriever.executor.memory.ByteAccount;
import dev.retriever.executor.memory.ByteGrant;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.Future;
import scala.concurrent.Promise;
import scala.runtime.BoxedUnit;

/**
 * Writes to the journal in batches. Each batch has the writes that came during the batch before. It
 * is one commit, and so one sync of the disk. A few threads do only this; a write is handed over to
 * one of them once, and its result handed back once. Thread-safe.
 */
final class JournalWriters {
  private static final Logger LOG = LoggerFactory.getLogger(JournalWriters.class);

  /** The grant of an attempt is stale, so the attempt has no slot. */
  static final String NOT_NULL_VIOLATION = "23502";

  /**
   * States of a transaction of which nothing was written, though each of its writes may be possible
   * by itself. A row exists already: two incarnations wrote for the same origin, or a slot or key
   * is taken. A grant is stale. Two batches waited for each other, in PostgreSQL or in H2.
   */
  private static final Set<String> EACH_ALONE =
      Set.of("23505", NOT_NULL_VIOLATION, "40P01", "40001");

  /** The source of the writers' connections. */
  @FunctionalInterface
  interface Connections {
    /** A connection that commits by itself; closed after each batch. */
    Connection get() throws SQLException;
  }

  /**
   * Limits of the writers.
   *
   * @param writers batches that are written at once
   * @param rows no more is added to a batch after so many
   * @param bytes of a batch at most, since its arrays are whole in memory, here and in the driver.
   *     A write that has more goes alone
   * @param waiting writes that wait at most; above it they fail
   */
  record Limits(int writers, int rows, long bytes, int waiting) {
    Limits {
      if (bytes < 1) {
        throw new IllegalArgumentException(
            "retriever.node.db.batch-bytes must be at least 1 byte, but is " + bytes);
      }
    }
  }

  /**
   * @param since when it was asked for, by the meter
   */
  private record Waiting(
      JournalWrite write,
      ByteGrant bytes,
      Promise<BoxedUnit> written,
      JournalMeter meter,
      long since) {
    void succeed() {
      bytes.close();
      meter.write(since, true);
      written.success(BoxedUnit.UNIT);
    }

    void fail(Throwable cause) {
      bytes.close();
      meter.write(since, false);
      written.failure(cause);
    }
  }

  private final Connections connections;
  private final JournalWrite.Statements statements;
  private final Limits limits;
  private final ByteAccount memory;
  private final JournalMeter meter;
  private final BlockingQueue<Waiting> queue;

  /** The holder of this lock takes the next batch from the queue. */
  private final ReentrantLock turn = new ReentrantLock();

  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  /**
   * @param memory of waiting and running writes; a write that does not fit fails
   * @param meter hears of writes and batches
   */
  JournalWriters(
      Connections connections,
      JournalWrite.Statements statements,
      Limits limits,
      ByteAccount memory,
      JournalMeter meter) {
    this.meter = meter;
    this.connections = connections;
    this.statements = statements;
    this.limits = limits;
    this.memory = memory;
    queue = new ArrayBlockingQueue<>(limits.waiting());
    for (var n = 1; n <= limits.writers(); n++) {
      var thread = new Thread(this::run, "retriever-journal-writer-" + n);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /** Completes when the write is committed. Fails when it is not, or when the result is unknown. */
  Future<BoxedUnit> write(JournalWrite write) {
    var bytes = memory.acquire(write.bytes());
    if (bytes.isEmpty()) {
      return tooMuchWaits(memory);
    }
    var waiting = new Waiting(write, bytes.get(), Promise.apply(), meter, meter.nanos());
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

  /** The result of a write that does not fit. */
  static Future<BoxedUnit> tooMuchWaits(ByteAccount memory) {
    return Promise.<BoxedUnit>failed(
            new IllegalStateException(
                "%d bytes wait for the database, and %d may (retriever.memory.shares.journal)"
                    .formatted(memory.held(), memory.limit())))
        .future();
  }

  /** Writes that wait, without those that are being written. */
  int waiting() {
    return queue.size();
  }

  /** Stops after the running batches; waiting writes fail. */
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
    turn.lockInterruptibly();
    try {
      var batch = new ArrayList<Waiting>();
      batch.add(queue.take());
      var rows = batch.get(0).write().rows().size();
      var bytes = batch.get(0).write().bytes();
      for (var next = queue.peek();
          next != null && rows < limits.rows() && bytes + next.write().bytes() <= limits.bytes();
          next = queue.peek()) {
        if (!queue.remove(next)) {
          break; // it was failed, because the node stops
        }
        batch.add(next);
        rows += next.write().rows().size();
        bytes += next.write().bytes();
      }
      return batch;
    } finally {
      turn.unlock();
    }
  }

  private void writeAll(List<Waiting> batch) {
    try {
      execute(JournalWrite.together(batch.stream().map(Waiting::write).toList()));
    } catch (SQLException e) {
      if (batch.size() > 1 && e.getSQLState() != null && EACH_ALONE.contains(e.getSQLState())) {
        // What is refused of one origin must not fail the others.
        batch.forEach(each -> writeAll(List.of(each)));
      } else {
        fail(batch, e);
      }
      return;
    } catch (RuntimeException | Error e) {
      // The waiting writes must fail, and the thread must go on.
      fail(batch, e);
      return;
    }
    batch.forEach(Waiting::succeed);
  }

  private void execute(JournalWrite write) throws SQLException {
    try (var connection = connections.get()) {
      statements.execute(connection, write);
    }
    meter.batch(write.rows().size());
  }

  private static void fail(List<Waiting> batch, Throwable cause) {
    var failure =
        new IllegalStateException(
            "journal rows and what belongs to them cannot be written" + refusal(cause), cause);
    batch.forEach(waiting -> waiting.fail(failure));
  }

  private static String refusal(Throwable cause) {
    return cause instanceof SQLException e && NOT_NULL_VIOLATION.equals(e.getSQLState())
        ? ": a grant of its queue is stale, and the origin waits for another"
        : "";
  }
}
