package dev.retriever.cluster.fleet;

import dev.retriever.executor.Futures;
import dev.retriever.origin.queue.entity.QueueHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.sharding.ClusterSharding;
import org.apache.pekko.cluster.sharding.ShardRegion;
import org.apache.pekko.pattern.Patterns;

/** Asks the regions of this node how many shards and entities they have. Thread-safe. */
final class Shards {
  private final ActorSystem<?> system;
  private final Supplier<? extends Collection<String>> types;

  /**
   * @param types of origins
   */
  Shards(ActorSystem<?> system, Supplier<? extends Collection<String>> types) {
    this.system = system;
    this.types = types;
  }

  /** Those that answer in time. Never fails. */
  CompletionStage<List<NodeReport.RegionReport>> regions(Duration limit) {
    var names = new TreeSet<String>(types.get());
    names.add(QueueHost.TYPE);
    var asked = new ArrayList<CompletableFuture<Optional<NodeReport.RegionReport>>>();
    names.forEach(type -> asked.add(region(type, limit).toCompletableFuture()));
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(done -> asked.stream().flatMap(it -> it.join().stream()).toList());
  }

  private CompletionStage<Optional<NodeReport.RegionReport>> region(String type, Duration limit) {
    try {
      var region = ClusterSharding.get(Adapter.toClassic(system)).shardRegion(type);
      return Futures.sameThread(Patterns.ask(region, ShardRegion.getRegionStatsInstance(), limit))
          .thenApply(answer -> Optional.of(report(type, (ShardRegion.ShardRegionStats) answer)))
          .exceptionally(late -> Optional.empty());
    } catch (IllegalStateException e) {
      // This node does not have that type yet.
      return CompletableFuture.completedStage(Optional.empty());
    }
  }

  private static NodeReport.RegionReport report(String type, ShardRegion.ShardRegionStats stats) {
    var entities = stats.getStats().values().stream().mapToLong(it -> ((Number) it).longValue());
    return new NodeReport.RegionReport(type, stats.getStats().size(), entities.sum());
  }
}
