package dev.retriever.cluster.bulk;

import dev.retriever.cluster.bulk.BulkCommand.FindPage;
import dev.retriever.cluster.bulk.BulkCommand.Jobs;
import dev.retriever.cluster.bulk.BulkJob.After;
import dev.retriever.cluster.bulk.BulkJob.Counts;
import dev.retriever.cluster.search.FetchWalk.Item;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.origin.Origins;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
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
  private final Function<Caller, TenantOrigins<?>> origins;
  private final Function<Function<ActorRef<Jobs>, BulkCommand>, CompletionStage<Jobs>> jobs;
  private final BulkSource fetches;
  private final BulkSource callbacks;

  public BulkPages(
      ActorSystem<?> system,
      CallerOrigins callers,
      Origins<BulkCommand> jobs,
      BulkSource fetches,
      BulkSource callbacks) {
    this(system, callers::of, command -> jobs.ask(BulkOrigin.ID, command), fetches, callbacks);
  }

  /**
   * @param origins of a caller
   * @param jobs are asked what a command says
   */
  BulkPages(
      ActorSystem<?> system,
      Function<Caller, TenantOrigins<?>> origins,
      Function<Function<ActorRef<Jobs>, BulkCommand>, CompletionStage<Jobs>> jobs,
      BulkSource fetches,
      BulkSource callbacks) {
    this.system = system;
    this.origins = origins;
    this.jobs = jobs;
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
    return found(job, source, action.get())
        .thenCompose(items -> acted(job, source, action.get(), items))
        .toCompletableFuture()
        .orTimeout(SECONDS, TimeUnit.SECONDS);
  }

  /**
   * The fetches of the next page. A page that is tried again, by this node or another one, has the
   * same fetches, though its action may have changed what a search finds of them.
   */
  private CompletionStage<List<Item>> found(BulkJob job, BulkSource source, BulkAction action) {
    if (!job.found().isEmpty()) {
      return CompletableFuture.completedFuture(job.found());
    }
    return source
        .next(job)
        .thenCompose(
            items ->
                items.isEmpty() || !action.changesWhatIsFound()
                    ? CompletableFuture.completedFuture(items)
                    : recorded(job, items));
  }

  private CompletionStage<List<Item>> recorded(BulkJob job, List<Item> items) {
    var page = job.pages() + 1;
    return jobs.apply(replyTo -> new FindPage(job.number(), page, items, replyTo))
        .thenApply(
            all ->
                all.jobs().stream()
                    .filter(it -> it.number() == job.number() && it.pages() + 1 == page)
                    .map(BulkJob::found)
                    .filter(found -> !found.isEmpty())
                    .findFirst()
                    .orElseThrow(
                        () ->
                            new IllegalStateException(
                                "page %d was done meanwhile, or the job has ended"
                                    .formatted(page))));
  }

  private CompletionStage<Done> acted(
      BulkJob job, BulkSource source, BulkAction action, List<Item> items) {
    var its = origins.apply(job.wanted().actsFor());
    return Source.from(items)
        .mapAsyncUnordered(AT_ONCE, item -> action.on(its, item, job.number()))
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
