package dev.retriever.cluster.search;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.storage.IndexReads;
import dev.retriever.executor.Futures;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;

/**
 * Reads of the index, whose failures are problems of the HTTP API.
 *
 * @param narrower what a caller can do about a search that takes too long
 */
record SearchReads(IndexReads reads, String narrower) {
  <T> CompletionStage<T> read(IndexReads.Read<T> read) {
    return Futures.sameThread(reads.read(read))
        .exceptionally(
            failure -> {
              throw problem(failure);
            });
  }

  private RuntimeException problem(Throwable failure) {
    var cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof Problem.Found found) {
      return found;
    }
    if (cause instanceof IndexReads.TookTooLong) {
      return FilterReader.tooBroad("The search took longer than it may. Narrow it: " + narrower);
    }
    if (cause instanceof RejectedExecutionException) {
      return Problem.of(
              ProblemType.OVERLOADED, "As many searches run on this node as may. Repeat it later.")
          .found();
    }
    if (cause.getCause() instanceof SQLException) {
      return Problem.of(
              ProblemType.STORAGE_UNAVAILABLE,
              "The database did not answer the search. Repeat it later.")
          .found();
    }
    return new CompletionException(cause);
  }
}
