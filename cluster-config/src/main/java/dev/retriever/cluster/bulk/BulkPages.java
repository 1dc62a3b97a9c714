package dev.retriever.cluster.bulk;

import dev.retriever.cluster.bulk.BulkJob.After;
import dev.retriever.cluster.bulk.BulkJob.Counts;
import dev.retriever.cluster.search.FetchWalk;
import dev.retriever.cluster.search.FetchWalk.Item;
import dev.retriever.cluster.tenants.CallerOrigins;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
  private final FetchWalk walk;
  private final CallerOrigins callers;
  private final Map<String, BulkAction> actions = new TreeMap<>();
  private final FoundPages found = new FoundPages();

  /**
   * @param actions by their names; another one is one more here
   */
  public BulkPages(
      ActorSystem<?> system, FetchWalk walk, CallerOrigins callers, List<BulkAction> actions) {
    this.system = system;
    this.walk = walk;
    this.callers = callers;
    actions.forEach(action -> this.actions.put(action.name(), action));
  }

  /** The action of that name. */
  Optional<BulkAction> action(String name) {
    return Optional.ofNullable(actions.get(name));
  }

  List<String> names() {
    return List.copyOf(actions.keySet());
  }

  FetchWalk walk() {
    return walk;
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
    var action = action(wanted.action());
    if (action.isEmpty()) {
      return CompletableFuture.failedFuture(
          new IllegalStateException(
              "this node does not know the action " + wanted.action() + "; a newer one does"));
    }
    return items(job)
        .thenCompose(items -> acted(job, action.get(), items))
        .toCompletableFuture()
        .orTimeout(SECONDS, TimeUnit.SECONDS);
  }

  private CompletionStage<List<Item>> items(BulkJob job) {
    var wanted = job.wanted();
    var after = job.after().map(it -> new Item(it.persistenceId(), "", "", it.place()));
    return found.of(
        job.number(),
        job.pages() + 1,
        () -> walk.next(wanted.actsFor(), wanted.where(), job.until(), after, job.size()));
  }

  private CompletionStage<Done> acted(BulkJob job, BulkAction action, List<Item> items) {
    var origins = callers.of(job.wanted().actsFor());
    return Source.from(items)
        .mapAsyncUnordered(AT_ONCE, item -> action.on(origins, item, job.number()))
        .runWith(Sink.seq(), system)
        .thenApply(results -> done(job, items, results));
  }

  private static Done done(BulkJob job, List<Item> items, List<BulkAction.Result> results) {
    var tally = new BulkTally();
    results.forEach(result -> result.countIn(tally));
    var counts = tally.counts();
    var isLast = items.size() < job.size() || job.all() + counts.all() >= job.wanted().max();
    var last =
        items.isEmpty()
            ? Optional.<After>empty()
            : Optional.of(items.get(items.size() - 1))
                .map(item -> new After(item.persistenceId(), item.place()));
    return new Done(job.pages() + 1, last, counts, isLast);
  }
}
