package dev.retriever.cluster;

import dev.retriever.cluster.formation.LastTasks;
import dev.retriever.cluster.formation.NodeAddresses;
import dev.retriever.cluster.metrics.NodeMetrics;
import dev.retriever.cluster.traces.OtlpSpans;
import dev.retriever.executor.Transport;
import dev.retriever.executor.WebhookSigner;
import dev.retriever.executor.egress.EgressPolicy;
import dev.retriever.executor.http.HttpTransport;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.memory.SendingBodies;
import dev.retriever.executor.pool.ExecutorPools;
import dev.retriever.executor.span.Spans;
import dev.retriever.executor.span.TracedTransport;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.meter.OriginMeters;
import dev.retriever.origin.span.Traces;
import java.time.Clock;
import java.util.Collection;
import java.util.Optional;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;

/** Puts together what makes the calls of a node: where they may go, the client, and the pools. */
final class ExecutorWiring {
  private final ActorSystem<?> system;
  private final LibrarySettings settings;
  private final Clock clock;
  private final NodeAddresses addresses;
  private final EgressPolicy egress;
  private final Transport transport;
  private final Optional<OtlpSpans> spans;
  private final Traces traces;
  private final ExecutorPools pools;

  /** Starts all of it. It ends with the actor system. */
  ExecutorWiring(ActorSystem<?> system, LibrarySettings settings, QueueWiring queues, Clock clock) {
    this.system = system;
    this.settings = settings;
    this.clock = clock;
    this.addresses = NodeAddresses.start(system);
    this.egress = settings.egress().without(addresses::nodes);
    this.transport = guarded(client());
    this.spans = startSpans();
    this.traces =
        new Traces(
            spans.map(Spans.class::cast), settings.traces().ratio(), settings.traces().toTargets());
    this.pools = startPools(queues);
    drainAtTheEnd();
  }

  private Transport client() {
    var client =
        HttpTransport.create(settings.transport(), egress, MemoryBudget.get(system), clock);
    LastTasks.run(system, "close-http-transport", client::close);
    return client;
  }

  /** The transport, behind what each request must pass and is completed with. */
  private Transport guarded(Transport client) {
    return settings
        .tenants()
        .checkedBefore(
            new WebhookSigner(settings.secrets(), clock)
                .around(
                    settings
                        .secrets()
                        .filledInBefore(SendingBodies.around(client, MemoryBudget.get(system)))));
  }

  private Optional<OtlpSpans> startSpans() {
    var asked = settings.traces();
    var begun = asked.endpoint().map(endpoint -> OtlpSpans.start(asked, self()));
    begun.ifPresent(it -> LastTasks.run(system, "send-last-spans", it::close));
    return begun;
  }

  private ExecutorPools startPools(QueueWiring queues) {
    var metrics = NodeMetrics.of(system);
    metrics.ifPresent(it -> OriginMeters.set(system, it.origins()));
    return ExecutorPools.start(
        system,
        self(),
        settings.pools(),
        measured(metrics, new TracedTransport(transport, traces.spans(), clock)),
        OriginHost.reports(system, queues::origins),
        clock,
        System::nanoTime,
        new ExecutorPools.Neighbours(
            poolId -> NodeIds.lives(system, poolId),
            Roles.of(system.settings().config()).executes()));
  }

  private String self() {
    return NodeIds.of(Cluster.get(system).selfMember().uniqueAddress());
  }

  private static Transport measured(Optional<NodeMetrics> metrics, Transport transport) {
    return metrics.map(it -> it.attempts().around(transport)).orElse(transport);
  }

  /**
   * This runs before the shards are handed over, so that reports find their origins where they
   * were.
   */
  private void drainAtTheEnd() {
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseServiceRequestsDone(),
            "drain-executors",
            () -> pools.drain(settings.drain()));
  }

  /** Where requests may go. */
  EgressPolicy egress() {
    return egress;
  }

  /** Makes calls that belong to no fetch. They pass the same checks, and are not measured. */
  Transport transport() {
    return transport;
  }

  Optional<OtlpSpans> spans() {
    return spans;
  }

  Traces traces() {
    return traces;
  }

  ExecutorPools pools() {
    return pools;
  }

  /** Tells all nodes at which ports this one listens, so that no fetch is made to them. */
  void listensAt(Collection<Integer> ports) {
    addresses.opened(ports);
  }
}
