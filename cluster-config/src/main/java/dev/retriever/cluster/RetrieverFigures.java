package dev.retriever.cluster;

import dev.retriever.cluster.callbacks.rows.EndpointStore;
import dev.retriever.cluster.database.StoreWork;
import dev.retriever.cluster.storage.Purge;
import dev.retriever.cluster.storage.PurgeTask;
import dev.retriever.cluster.traces.OtlpSpans;
import dev.retriever.executor.settings.PoolsSettings;
import dev.retriever.origin.queue.entity.QueueHost;
import dev.retriever.origin.queue.rows.QueueStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;

/**
 * The figures of what a {@link Retriever} runs on this node. None of it blocks. Thread-safe.
 *
 * @param exporter of spans; empty if the node makes none
 */
record RetrieverFigures(
    ActorSystem<?> system,
    QueueHost queues,
    PoolsSettings pools,
    PurgeTask purge,
    EndpointStore endpoints,
    Optional<OtlpSpans> exporter) {
  /** Dead callbacks that are counted; it is said that there are at least so many. */
  private static final int MOST_DEAD = 10_001;

  /** The queues that are in the memory of this node; within that time. Never fails. */
  CompletionStage<QueueHost.Measures> measuredQueues(Duration limit) {
    return queues.measured(system, limit);
  }

  /** The attempts that hold slots of that queue. */
  CompletionStage<List<QueueStore.Slot>> slots(String name) {
    return queues.slots(name);
  }

  /** How many permits each pool has, by its name. */
  Map<String, Integer> permits() {
    var permits = new HashMap<String, Integer>();
    permits.put(PoolsSettings.DEFAULT, pools.standard().permits());
    pools.named().forEach((name, pool) -> permits.put(name, pool.permits()));
    return permits;
  }

  /** How many spans this node has sent and dropped; none if it makes none. */
  Map<String, Long> spans() {
    var counts = exporter.map(OtlpSpans::counts).orElse(OtlpSpans.Counts.NONE);
    return Map.of("sent", counts.sent(), "dropped", counts.dropped());
  }

  /** The rows and snapshots that this node has deleted since its start. */
  Purge.Count purged() {
    return purge.total();
  }

  /** How many callbacks are dead, of all tenants; so many are counted at most. */
  CompletionStage<Long> deadCallbacks() {
    return StoreWork.begin(
        system.dispatchers().lookup(DispatcherSelector.blocking()),
        () -> endpoints.dead(MOST_DEAD));
  }
}
