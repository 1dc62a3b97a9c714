package dev.retriever.cluster;

import dev.retriever.cluster.contract.Contract;
import dev.retriever.cluster.fleet.FleetFaces;
import dev.retriever.cluster.fleet.NodeSources;
import dev.retriever.cluster.fleet.Timing;
import dev.retriever.cluster.metrics.Measured;
import dev.retriever.cluster.metrics.NodeMetrics;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.origin.queue.QueueMeasure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;

/** Connects what a node reports to the others with the parts that it is read from. */
final class FleetWiring {
  /** Queues that have not answered by then are left out of a report, which says so. */
  private static final Duration QUEUES = Duration.ofSeconds(1);

  private final ActorSystem<?> system;
  private final Retriever retriever;
  private final NodeReadings readings;
  private final Optional<NodeMetrics> metrics;

  FleetWiring(ActorSystem<?> system, Retriever retriever, NodeReadings readings) {
    this.system = system;
    this.retriever = retriever;
    this.readings = readings;
    this.metrics = NodeMetrics.of(system);
  }

  /**
   * Starts to report. To be called once.
   *
   * @param stopping why the node takes no more requests
   * @param credentialCheck how often the credentials of open streams are looked at
   */
  FleetFaces start(
      Supplier<Optional<String>> stopping,
      BooleanSupplier storageAway,
      IntSupplier subscriptions,
      Duration credentialCheck) {
    var sources =
        new NodeSources(
            Contract.ofApi().version(),
            stopping,
            storageAway,
            readings::origins,
            retriever.pools(),
            readings.permits(),
            MemoryBudget.get(system),
            subscriptions,
            this::queues,
            readings::certificates,
            () -> timing(NodeMetrics::journalWrites),
            () -> metrics.map(NodeMetrics::journalWaiting),
            () -> timing(NodeMetrics::wakeUpLateness));
    return FleetFaces.start(
        system,
        sources,
        new FleetFaces.Surroundings(
            retriever.types()::keySet,
            NodeIds::of,
            retriever.figures()::deadCallbacks,
            Map.of(Roles.ORIGIN, "holds origins", Roles.EXECUTOR, "makes attempts"),
            Retriever.CLOCK,
            System::nanoTime),
        credentialCheck);
  }

  private CompletionStage<NodeSources.QueuesInMemory> queues() {
    return retriever
        .figures()
        .measuredQueues(QUEUES)
        .thenApply(
            measured ->
                new NodeSources.QueuesInMemory(
                    measured.queues().stream().map(QueueMeasure::queue).toList(),
                    measured.complete()));
  }

  private Timing timing(Function<NodeMetrics, Measured> of) {
    return metrics
        .map(of)
        .map(measured -> new Timing(measured.count(), measured.seconds()))
        .orElse(Timing.NONE);
  }
}
