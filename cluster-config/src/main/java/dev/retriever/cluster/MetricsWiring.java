package dev.retriever.cluster;

import dev.retriever.cluster.contract.Contract;
import dev.retriever.cluster.metrics.MetricsRoutes;
import dev.retriever.cluster.metrics.NodeFigures;
import dev.retriever.cluster.metrics.NodeMetrics;
import dev.retriever.cluster.security.AccessTable;
import dev.retriever.cluster.security.tls.Port;
import dev.retriever.cluster.storage.StorageWatch;
import dev.retriever.cluster.tenants.quota.Quotas;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.parcel.Parcels;
import dev.retriever.origin.queue.entity.QueueHost;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.http.javadsl.server.Route;

/** Connects the metrics of a node with the parts that they are read from. */
final class MetricsWiring {
  /** Queues that have not answered a scrape by then are left out of it. */
  private static final Duration QUEUES = Duration.ofSeconds(2);

  private final ActorSystem<?> system;
  private final Retriever retriever;
  private final NodeReadings readings;
  private final Optional<NodeMetrics> metrics;

  MetricsWiring(ActorSystem<?> system, Retriever retriever, NodeReadings readings) {
    this.system = system;
    this.retriever = retriever;
    this.readings = readings;
    this.metrics = NodeMetrics.of(system);
  }

  /** The page of metrics. The caller seals it. */
  Route page() {
    return new MetricsRoutes(
            metrics,
            () -> retriever.figures().measuredQueues(QUEUES).thenApply(QueueHost.Measures::queues),
            Retriever.CLOCK)
        .routes();
  }

  /** Those routes of a port, with each request measured. */
  Route around(AccessTable table, Port port, Route routes) {
    return metrics
        .map(
            it -> it.requests().around(request -> table.template(request), port.isSecure(), routes))
        .orElse(routes);
  }

  /** Begins to read the figures of the node. To be called once. */
  void read(BooleanSupplier ready, StorageWatch watch, Quotas quotas, IntSupplier subscriptions) {
    var figures = retriever.figures();
    metrics.ifPresent(
        it ->
            it.read(
                new NodeFigures.Sources(
                    Contract.ofApi().version(),
                    ready,
                    () -> !watch.isAway(),
                    readings::origins,
                    retriever.pools()::stats,
                    retriever.pools()::waitingForTargets,
                    readings.permits(),
                    Parcels.get(system)::stats,
                    MemoryBudget.get(system),
                    Map.of(
                        "rows", () -> figures.purged().rows(),
                        "snapshots", () -> figures.purged().snapshots(),
                        "origins", () -> figures.purged().origins()),
                    subscriptions,
                    this::members,
                    readings::certificates,
                    quotas::refusals,
                    figures::spans)));
  }

  private Map<String, Integer> members() {
    var byStatus = new TreeMap<String, Integer>();
    Cluster.get(system)
        .state()
        .getMembers()
        .forEach(
            member ->
                byStatus.merge(
                    member.status().toString().toLowerCase(Locale.ROOT), 1, Integer::sum));
    byStatus.merge(
        "unreachable", Cluster.get(system).state().getUnreachable().size(), Integer::sum);
    return byStatus;
  }
}
