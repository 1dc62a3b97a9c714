package dev.retriever.origin.simulation.cluster;

import dev.retriever.executor.AttemptKey;
import dev.retriever.origin.simulation.trace.TraceWords;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Watches the dispatches that come from other nodes: which of them a pool has to refuse. What
 * executors say to each other is their own, so it is read by reflection.
 */
final class DispatchChecker {
  private static final String DISPATCH = "dev.retriever.executor.pool.PoolDoor$Dispatch";

  private final SimulatedCluster cluster;

  /** By node and attempt, why it must not begin there. */
  private final Map<String, String> refused = new HashMap<>();

  /** By node, whom it has seen leave. */
  private final Map<String, Set<String>> gone = new HashMap<>();

  DispatchChecker(SimulatedCluster cluster) {
    this.cluster = cluster;
  }

  /** An actor of that node is told that an actor of another is gone. */
  void seesLeave(SimulatedNode node, String actor) {
    gone.computeIfAbsent(node.name(), it -> new HashSet<>()).add(actor);
  }

  /** A message that was sent then, by the time of the world, comes to a node. */
  void arrives(SimulatedNode from, SimulatedNode at, Object message, Instant sent) {
    if (!message.getClass().getName().equals(DISPATCH)) {
      return;
    }
    var key = (AttemptKey) part(message, "key");
    var client = ((ActorRef<?>) part(message, "client")).path().toSerializationFormat();
    var onItsWay = Duration.between(sent, cluster.world().now());
    // By the clocks of the two nodes, since a door knows no other.
    var age = onItsWay.plus(at.skew()).minus(from.skew());
    if (gone.getOrDefault(at.name(), Set.of()).stream().anyMatch(client::startsWith)) {
      refused.put(at.name() + " " + key, "its node was known to be gone");
    } else if (isTooOld(age) && !from.hasJumpedWithin(onItsWay) && !at.hasJumpedWithin(onItsWay)) {
      refused.put(at.name() + " " + key, "its dispatch was " + TraceWords.of(age) + " on its way");
    }
  }

  private boolean isTooOld(Duration age) {
    var oldest = cluster.config().getDuration("retriever.executor.reservation");
    return age.compareTo(oldest) > 0;
  }

  /** Why that attempt must not begin on that node, if so. */
  Optional<String> refused(SimulatedNode node, AttemptKey key) {
    return Optional.ofNullable(refused.get(node.name() + " " + key));
  }

  private static Object part(Object message, String name) {
    try {
      var accessor = message.getClass().getDeclaredMethod(name);
      accessor.setAccessible(true);
      return accessor.invoke(message);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("a dispatch is not what it was", e);
    }
  }
}
