package dev.retriever.origin.erasure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Overwrites rows in the database of the journal. Thread-safe. */
@FunctionalInterface
public interface RowEraser {
  /** For journals that are gone with their process. */
  RowEraser NONE = it -> CompletableFuture.completedFuture(true);

  /**
   * A fetch of which something is erased.
   *
   * @param persistenceId of its origin
   * @param place of it in the order of acceptance
   * @param from its first row; 0 if that is not known
   * @param last its last row with a body; rows about failed continuations may come later
   * @param to the row after all of these; a snapshot at or after it must be there, or none
   */
  record Rows(String persistenceId, String fetchId, long place, long from, long last, long to) {}

  /**
   * Leaves nothing of what a fetch sent and got, as {@link ErasedRow} has it, in rows and snapshots
   * before the last of those rows, and none of its labels. Repeating it is safe.
   *
   * @return false if a snapshot before that row remains, because there is no newer one
   */
  CompletionStage<Boolean> overwrite(Rows rows);
}
