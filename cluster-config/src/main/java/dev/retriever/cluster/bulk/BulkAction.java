package dev.retriever.cluster.bulk;

import dev.retriever.cluster.search.FetchWalk;
import dev.retriever.cluster.tenants.TenantOrigins;
import java.util.concurrent.CompletionStage;

/** What a job does with each of its fetches. Doing it twice must come to the same. */
public interface BulkAction {
  /** How it came out for one fetch. */
  interface Result {
    /** Counts it. */
    void countIn(BulkTally tally);

    /** It is done, now or by an earlier try of the same job. */
    static Result made() {
      return BulkTally::made;
    }

    /**
     * It cannot be done.
     *
     * @param reason a short stable word
     */
    static Result refused(String reason) {
      return tally -> tally.refused(reason);
    }

    /** The fetch is gone: forgotten, another one under the same id, or in another state. */
    static Result skipped() {
      return BulkTally::skipped;
    }
  }

  /** The name of it in a request. */
  String name();

  /** Whether it is for fetches that have settled; else for those that have not. */
  boolean isForSettled();

  /** Whether the search that found a fetch may miss it when this was done. */
  boolean changesWhatIsFound();

  /**
   * Does it.
   *
   * @param job the number of the job
   * @return fails if it may be possible later: then all of the page is tried again
   */
  CompletionStage<Result> on(TenantOrigins<?> origins, FetchWalk.Item fetch, long job);
}
