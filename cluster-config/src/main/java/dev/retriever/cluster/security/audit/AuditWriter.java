package dev.retriever.cluster.security.audit;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.Done;

/**
 * Stores rows in their order. Those that wait are stored in one transaction, so that a slow
 * database takes a round trip for each batch and not for each row. Thread-safe.
 */
final class AuditWriter {
  private static final int BATCH = 100;

  private final AuditStore store;
  private final Executor threads;
  private final Consumer<AuditRow> copy;
  private final int most;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private boolean running;

  private record Waiting(AuditRow row, CompletableFuture<Done> stored) {}

  /**
   * @param threads that may block
   * @param copy is given each row that was stored
   * @param most rows that may wait
   */
  AuditWriter(AuditStore store, Executor threads, Consumer<AuditRow> copy, int most) {
    this.store = store;
    this.threads = threads;
    this.copy = copy;
    this.most = most;
  }

  /**
   * @return fails if the row was not stored, or too many wait
   */
  CompletionStage<Done> write(AuditRow row) {
    var stored = new CompletableFuture<Done>();
    synchronized (waiting) {
      if (waiting.size() >= most) {
        stored.completeExceptionally(new SQLException("too many rows wait for the database"));
        return stored;
      }
      waiting.add(new Waiting(row, stored));
      if (running) {
        return stored;
      }
      running = true;
    }
    threads.execute(this::run);
    return stored;
  }

  private void run() {
    for (var batch = next(); !batch.isEmpty(); batch = next()) {
      store(batch);
    }
  }

  private List<Waiting> next() {
    synchronized (waiting) {
      var batch = new ArrayList<Waiting>();
      while (batch.size() < BATCH && !waiting.isEmpty()) {
        batch.add(waiting.remove());
      }
      running = !batch.isEmpty();
      return batch;
    }
  }

  private void store(List<Waiting> batch) {
    try {
      store.add(batch.stream().map(Waiting::row).toList());
    } catch (SQLException | RuntimeException e) {
      batch.forEach(it -> it.stored().completeExceptionally(e));
      return;
    }
    batch.forEach(it -> copy.accept(it.row()));
    batch.forEach(it -> it.stored().complete(Done.getInstance()));
  }
}
