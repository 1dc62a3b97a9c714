package dev.retriever.cluster;

import dev.retriever.cluster.formation.LastTasks;
import dev.retriever.cluster.storage.JdbcQueueStore;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.origin.entity.Region;
import dev.retriever.origin.queue.entity.QueueHost;
import dev.retriever.origin.queue.entity.QueueTimes;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.pekko.actor.typed.ActorSystem;

/** The queues of a node, with their rows in its database; and how they reach origins. */
final class QueueWiring {
  private final ActorSystem<?> system;
  private final Map<String, Region> origins = new ConcurrentHashMap<>();

  QueueWiring(ActorSystem<?> system) {
    this.system = system;
  }

  /** Reaches the origins of that type, wherever they live. */
  Region origins(String type) {
    return origins.computeIfAbsent(
        type, it -> Region.sharded(system, it, Optional.of(Roles.ORIGIN)));
  }

  /** Starts the queues on this node. They end with the actor system. */
  QueueHost start(QueueTimes times, Clock clock) {
    var store = new JdbcQueueStore(Storage.from(system.settings().config()));
    LastTasks.run(system, "close-queue-store", store::close);
    return QueueHost.start(
        system,
        store,
        this::origins,
        times,
        clock,
        () -> ThreadLocalRandom.current().nextDouble(),
        Optional.of(Roles.ORIGIN));
  }
}
