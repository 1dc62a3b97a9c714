package dev.retriever.cluster.database;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Work that waits for a database. */
@FunctionalInterface
public interface StoreWork<T> {
  T get() throws SQLException;

  /**
   * Begins that work.
   *
   * @param threads may wait
   * @return fails with the exception of the work
   */
  static <T> CompletionStage<T> begin(Executor threads, StoreWork<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.get();
          } catch (SQLException e) {
            throw new CompletionException(e);
          }
        },
        threads);
  }
}
