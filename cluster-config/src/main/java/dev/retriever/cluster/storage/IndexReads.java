package dev.retriever.cluster.storage;

import dev.retriever.cluster.storage.ConnectionSettings.Use;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads of the index of fetches and schedules, on connections of their own, so that no search keeps
 * the journal waiting. A statement ends after the limit {@code retriever.node.db.limits.search}.
 * Thread-safe.
 */
public final class IndexReads implements AutoCloseable {
  /** Searches of a node at the same time. */
  public static final int CONNECTIONS = 4;

  /** Searches that run or wait at most; further ones are refused. */
  private static final int MOST = 16;

  /** A statement was ended for its time, by PostgreSQL and by H2. */
  private static final Set<String> TIMED_OUT = Set.of("57014", "HY008", "HYT00");

  private final Connections.Pool source;
  private final Executor threads;
  private final AtomicInteger running = new AtomicInteger();

  /**
   * @param threads may block
   */
  public IndexReads(Storage storage, Executor threads) {
    source = storage.connections().pool(Use.SEARCH, CONNECTIONS);
    this.threads = threads;
  }

  /** Reads on a connection that commits by itself. */
  @FunctionalInterface
  public interface Read<T> {
    T on(Connection connection) throws SQLException;
  }

  /** A read took longer than it may. */
  public static final class TookTooLong extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TookTooLong(Throwable cause) {
      super("a search took longer than retriever.node.db.limits.search.statement", cause);
    }
  }

  /**
   * Runs it on another thread.
   *
   * @return fails with {@link TookTooLong}, with {@link RejectedExecutionException} when too many
   *     run already, and with {@link IllegalStateException} when the database fails
   */
  public <T> CompletionStage<T> read(Read<T> read) {
    if (running.incrementAndGet() > MOST) {
      running.decrementAndGet();
      return CompletableFuture.failedFuture(
          new RejectedExecutionException(MOST + " searches run already, the most that may"));
    }
    return CompletableFuture.supplyAsync(() -> now(read), threads)
        .whenComplete((result, failure) -> running.decrementAndGet());
  }

  private <T> T now(Read<T> read) {
    try (var connection = source.get()) {
      return read.on(connection);
    } catch (SQLException e) {
      if (e.getSQLState() != null && TIMED_OUT.contains(e.getSQLState())) {
        throw new TookTooLong(e);
      }
      throw new IllegalStateException("the index cannot be read", e);
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
