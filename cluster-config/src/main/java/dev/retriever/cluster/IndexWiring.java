package dev.retriever.cluster;

import dev.retriever.cluster.admin.IndexRoutes;
import dev.retriever.cluster.api.Intake;
import dev.retriever.cluster.api.Redrives;
import dev.retriever.cluster.bulk.BulkCommand;
import dev.retriever.cluster.bulk.BulkPages;
import dev.retriever.cluster.bulk.BulkRoutes;
import dev.retriever.cluster.bulk.CallbackRedrive;
import dev.retriever.cluster.bulk.CancelAction;
import dev.retriever.cluster.bulk.EraseAction;
import dev.retriever.cluster.bulk.FoundFetches;
import dev.retriever.cluster.bulk.RedriveAction;
import dev.retriever.cluster.search.FetchSearch;
import dev.retriever.cluster.search.FetchWalk;
import dev.retriever.cluster.search.ScheduleSearch;
import dev.retriever.cluster.search.SearchRoutes;
import dev.retriever.cluster.storage.IndexReads;
import dev.retriever.cluster.storage.IndexRebuild;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.origin.Origins;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.serialization.SerializationExtension;

/** Puts together what a node finds fetches and schedules with, and what is done with many. */
final class IndexWiring {
  private final ActorSystem<Void> system;
  private final Storage storage;
  private final Retriever retriever;
  private final Executor threads;
  private final IndexReads reads;
  private final FetchSearch search;

  IndexWiring(ActorSystem<Void> system, Storage storage, Retriever retriever) {
    this.system = system;
    this.storage = storage;
    this.retriever = retriever;
    threads = system.dispatchers().lookup(DispatcherSelector.blocking());
    reads = new IndexReads(storage, threads);
    system.getWhenTerminated().thenRun(reads::close);
    search = new FetchSearch(reads, retriever.retention(), Retriever.CLOCK);
  }

  SearchRoutes searches(CallerOrigins callers) {
    return new SearchRoutes(callers, search, new ScheduleSearch(reads), Retriever.CLOCK);
  }

  BulkRoutes bulk(CallerOrigins callers, Origins<BulkCommand> jobs, Redrives redrives) {
    var actions = List.of(new RedriveAction(redrives), new CancelAction(), new EraseAction());
    var callbacks = retriever.deadCallbacks(new CallbackRedrive(redrives));
    var found = new FoundFetches(new FetchWalk(search), actions);
    var pages = new BulkPages(system, callers, jobs, found, callbacks);
    return BulkRoutes.start(system, callers, jobs, pages, Roles.ORIGIN, Retriever.CLOCK);
  }

  /** A rebuild that is under way ends with the node. */
  IndexRoutes rebuild(Intake intake) {
    var rebuild =
        new IndexRebuild(
            storage, retriever::types, SerializationExtension.get(system), retriever::isIndexed);
    var routes = new IndexRoutes(rebuild, retriever.retention(), threads, Retriever.CLOCK);
    intake.ending(
        "end-index-rebuild",
        () -> {
          routes.stop();
          return CompletableFuture.completedFuture(Done.getInstance());
        });
    return routes;
  }
}
