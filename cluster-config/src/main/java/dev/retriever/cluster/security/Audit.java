package dev.retriever.cluster.security;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/** The record of what operators do, and of what is refused. Thread-safe. */
public interface Audit {
  /** Records nothing. */
  Audit NONE =
      new Audit() {
        @Override
        public CompletionStage<Deed> asked(
            HttpRequest request, Caller caller, AccessTable.Row row) {
          return CompletableFuture.completedStage(Deed.UNRECORDED);
        }

        @Override
        public void denied(
            HttpRequest request,
            Optional<Caller> caller,
            Optional<AccessTable.Row> row,
            String reason) {}
      };

  /**
   * Records that a deed is asked for.
   *
   * @return completed when that is stored; fails if it could not be, and then the deed must not be
   *     done
   */
  CompletionStage<Deed> asked(HttpRequest request, Caller caller, AccessTable.Row row);

  /**
   * Records that a request is refused. Never blocks and never fails.
   *
   * @param caller if it is known
   * @param row the route, if it is known
   * @param reason from a fixed set, such as {@code host-not-allowed}
   */
  void denied(
      HttpRequest request, Optional<Caller> caller, Optional<AccessTable.Row> row, String reason);
}
