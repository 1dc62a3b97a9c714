package dev.retriever.cluster.fleet;

import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.pool.ExecutorPools;
import dev.retriever.origin.OriginOperations;
import dev.retriever.origin.queue.QueueView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Where the figures of a node come from. Each is read at any time, and must not block.
 *
 * @param stopping why the node takes no more requests; empty while it does
 * @param storageAway whether the database was away at the last look
 * @param origins counts of each type of origins, by its name
 * @param permits how many permits each pool has, by its name
 * @param subscriptions of outcomes that are open
 * @param queues that are in the memory of this node; never fails
 * @param certificates when the certificate of each port with TLS ends, by the name of the port
 * @param journal the writes of the journal
 * @param journalWaiting writes that wait; empty if that is not measured
 * @param wakeUps how late sleeping origins were found
 */
public record NodeSources(
    String version,
    Supplier<Optional<String>> stopping,
    BooleanSupplier storageAway,
    Supplier<Map<String, OriginOperations.Stats>> origins,
    ExecutorPools pools,
    Map<String, Integer> permits,
    MemoryBudget memory,
    IntSupplier subscriptions,
    Supplier<CompletionStage<QueuesInMemory>> queues,
    Supplier<Map<String, Instant>> certificates,
    Supplier<Timing> journal,
    Supplier<Optional<Integer>> journalWaiting,
    Supplier<Timing> wakeUps) {

  /**
   * Queues in the memory of the node. Immutable.
   *
   * @param complete whether none is left out
   */
  public record QueuesInMemory(List<QueueView> views, boolean complete) {
    static final QueuesInMemory UNKNOWN = new QueuesInMemory(List.of(), false);
  }

  Figures figures() {
    var types = origins.get().values();
    return new Figures(
        Counts.of(types),
        types.stream().mapToLong(OriginOperations.Stats::pending).sum(),
        inFlight(),
        journal.get(),
        wakeUps.get());
  }

  private long inFlight() {
    return pools.stats().values().stream().mapToLong(pool -> pool.inFlight()).sum();
  }

  NodeReport.Load load() {
    var types = origins.get().values();
    return new NodeReport.Load(
        types.stream().mapToLong(OriginOperations.Stats::pending).sum(),
        types.stream().mapToLong(OriginOperations.Stats::inMemory).sum(),
        inFlight(),
        subscriptions.getAsInt(),
        journalWaiting.get());
  }

  List<NodeReport.PoolReport> poolReports() {
    return pools.stats().entrySet().stream()
        .map(
            pool ->
                new NodeReport.PoolReport(
                    pool.getKey(),
                    permits.getOrDefault(pool.getKey(), 0),
                    pool.getValue().permitsHeld(),
                    pool.getValue().inFlight(),
                    pool.getValue().waiting()))
        .toList();
  }

  List<NodeReport.ShareReport> shares() {
    return List.of(MemoryBudget.Share.values()).stream()
        .map(
            share ->
                new NodeReport.ShareReport(
                    share.key(), memory.account(share).limit(), memory.account(share).held()))
        .toList();
  }

  List<NodeReport.CertificateReport> certificateReports() {
    return certificates.get().entrySet().stream()
        .map(it -> new NodeReport.CertificateReport(it.getKey(), it.getValue()))
        .toList();
  }
}
