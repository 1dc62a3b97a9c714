package dev.retriever.cluster.bulk;

import dev.retriever.cluster.bulk.BulkJob.After;
import dev.retriever.cluster.bulk.BulkJob.Wanted;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.search.FetchWalk.Item;
import dev.retriever.cluster.security.Caller;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Where the fetches of a job are found, and what may be done with them. Thread-safe. */
public interface BulkSource {
  /** The action of that name. */
  Optional<BulkAction> action(String name);

  /** The names of its actions. */
  List<String> names();

  /**
   * The terms of a filter, completed.
   *
   * @throws Problem.Found if they are no filter of that action, or not for that caller
   */
  Map<String, String> checked(Map<String, String> where, BulkAction action, Caller caller);

  /**
   * The fetches of the next page, in an order that does not change; none is later than the job.
   *
   * @return as many as {@link BulkJob#size()}, unless there are no more; fails if they may be found
   *     later
   */
  CompletionStage<List<Item>> next(BulkJob job);

  /** The place behind that fetch. */
  After after(Item last);

  /** How many fetches match now; those beyond what is wanted need not be counted. */
  CompletionStage<Long> count(Caller caller, Wanted wanted);
}
