package dev.retriever.cluster.bulk;

import dev.retriever.cluster.search.FetchWalk.Item;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What was found for the next page of each job. A page that is tried again has the same fetches,
 * though its action may have changed what a search finds of them. Thread-safe.
 */
final class FoundPages {
  private record Found(long page, List<Item> items) {}

  private final Map<Long, Found> byJob = new ConcurrentHashMap<>();

  /**
   * The fetches of that page.
   *
   * @param job its number
   * @param page the number of the page; earlier ones are never asked for again
   * @param search finds them the first time; a failure is not remembered
   */
  CompletionStage<List<Item>> of(
      long job, long page, Supplier<CompletionStage<List<Item>>> search) {
    var known = byJob.get(job);
    return known != null && known.page() == page
        ? CompletableFuture.completedFuture(known.items())
        : search.get().thenApply(items -> remembered(job, new Found(page, items)));
  }

  private List<Item> remembered(long job, Found found) {
    if (byJob.size() >= BulkState.MOST_OPEN && !byJob.containsKey(job)) {
      // Jobs that were cancelled never ask again.
      byJob.clear();
    }
    byJob.put(job, found);
    return found.items();
  }
}
