package dev.retriever.cluster.fleet;

import dev.retriever.origin.Serialized;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a node tells of itself. It goes between nodes of different versions: new members are
 * optional. Immutable.
 *
 * @param node its address and incarnation, as its cluster knows it
 * @param stopping why it takes no more requests
 * @param storageAway whether its database was away at the last look
 * @param steps those that were asked for, the latest last
 * @param queues in its memory, as far as something stops them or waits in them
 * @param queuesIncomplete whether queues are left out: they answered late, or are too many. Older
 *     nodes do not say so
 * @param regions empty unless asked for
 */
record NodeReport(
    String node,
    String version,
    Instant startedAt,
    Optional<String> stopping,
    boolean storageAway,
    Load load,
    Lately lately,
    List<Step> steps,
    List<QueueReport> queues,
    List<RegionReport> regions,
    List<PoolReport> pools,
    List<ShareReport> memory,
    List<CertificateReport> certificates,
    boolean queuesIncomplete)
    implements Serialized {

  /**
   * What a node holds.
   *
   * @param pending fetches that have not settled, of origins in memory
   * @param journalWaiting writes that wait for the journal; empty if that is not measured
   */
  record Load(
      long pending,
      long originsInMemory,
      long inFlight,
      long subscriptions,
      Optional<Integer> journalWaiting) {}

  /**
   * The shards of a type of origins on a node.
   *
   * @param entities those in memory
   */
  record RegionReport(String type, int shards, long entities) {}

  /** A pool of executors. */
  record PoolReport(String name, int permits, int permitsHeld, int inFlight, int waiting) {}

  /** A share of the memory budget, in bytes. */
  record ShareReport(String name, long limit, long held) {}

  /** The certificate of a port. */
  record CertificateReport(String port, Instant ends) {}
}
