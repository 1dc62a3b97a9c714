package dev.retriever.cluster.bulk;

import dev.retriever.cluster.bulk.BulkJob.After;
import dev.retriever.cluster.bulk.BulkJob.Counts;
import dev.retriever.cluster.search.FetchWalk.Item;
import dev.retriever.cluster.tenants.CallerOrigins;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Does a page of a job: finds its fetches, and acts on each. Nothing is counted before all have
 * answered, so a page that fails is done again as a whole. Thread-safe.
 */
public final class BulkPages {
  /** Fetches that are acted on at the same time. */
  private static final int AT_ONCE = 20;

  /** Then a page is taken for failed. */
  private static final int SECONDS = 30;

  private final ActorSystem<?> system;
  private final CallerOrigins callers;
  private final BulkSource fetches;
  private final BulkSource callbacks;
  private final FoundPages found = new FoundPages();

  public BulkPages(
      ActorSystem<?> system, CallerOrigins callers, BulkSource fetches, BulkSource callbacks) {
    this.system = system;
    this.callers = callers;
    this.fetches = fetches;
    this.callbacks = callbacks;
  }

  /** Where what that filter matches is found. */
  BulkSource source(Map<String, String> where) {
    return where.containsKey(FoundCallbacks.CALLBACK) ? callbacks : fetches;
  }

  /**
   * What came of a page.
   *
   * @param isLast whether there is nothing after it
   */
  record Done(long page, Optional<After> after, Counts counts, boolean isLast) {}

  /** Does the page after those that the job has told. */
  CompletionStage<Done> next(BulkJob job) {
    var wanted = job.wanted();
    var source = source(wanted.where());
    var action = source.action(wanted.action());
    if (action.isEmpty()) {
      return CompletableFuture.failedFuture(
          new IllegalStateException(
              "this node does not know the action " + wanted.action() + "; a newer one does"));
    }
    return found
        .of(job.number(), job.pages() + 1, () -> source.next(job))
        .thenCompose(items -> acted(job, source, action.get(), items))
        .toCompletableFuture()
        .orTimeout(SECONDS, TimeUnit.SECONDS);
  }

  private CompletionStage<Done> acted(
      BulkJob job, BulkSource source, BulkAction action, List<Item> items) {
    var origins = callers.of(job.wanted().actsFor());
    return Source.from(items)
        .mapAsyncUnordered(AT_ONCE, item -> action.on(origins, item, job.number()))
        .runWith(Sink.seq(), system)
        .thenApply(results -> done(job, source, items, results));
  }

  private static Done done(
      BulkJob job, BulkSource source, List<Item> items, List<BulkAction.Result> results) {
    var tally = new BulkTally();
    results.forEach(result -> result.countIn(tally));
    var counts = tally.counts();
    var isLast = items.size() < job.size() || job.all() + counts.all() >= job.wanted().max();
    var last =
        items.isEmpty()
            ? Optional.<After>empty()
            : Optional.of(source.after(items.get(items.size() - 1)));
    return new Done(job.pages() + 1, last, counts, isLast);
  }
}
