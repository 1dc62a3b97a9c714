package dev.retriever.origin.simulation.cluster;

import dev.retriever.origin.simulation.fault.RandomStreams;
import dev.retriever.origin.simulation.trace.TraceLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.InternalActorRef;
import org.apache.pekko.dispatch.sysmsg.DeathWatchNotification;

/**
 * The members of the cluster, and the home of each origin, as gossip and the coordinator of shards
 * agree on them. A node that was removed and lives on does not know of it, until it ends.
 */
public final class Members {
  /** That somebody has left is seen by all within this. */
  private static final Duration SEEN_BY_ALL = Duration.ofSeconds(3);

  /** An actor first handles its earlier messages, and knows of the leaving after this. */
  private static final Duration KNOWN = Duration.ofMillis(1);

  private final SimulatedCluster cluster;
  private final RandomStreams chance;
  private final Set<String> members = new LinkedHashSet<>();
  private final Map<String, String> homes = new LinkedHashMap<>();
  private final Set<String> moving = new LinkedHashSet<>();
  private final List<Watched> watched = new ArrayList<>();

  /** What those believe that are no members any more. */
  private final Map<String, Belief> outdated = new HashMap<>();

  private final Map<String, Instant> removedAt = new HashMap<>();

  private record Belief(Set<String> members, Map<String, String> homes) {}

  private record Watched(
      SimulatedNode by, String node, InternalActorRef watchee, InternalActorRef watcher) {
    void tell() {
      by.process()
          .run(
              () -> {
                watcher.sendSystemMessage(new DeathWatchNotification(watchee, false, true));
                by.after(KNOWN, this::isKnown);
              });
    }

    private void isKnown() {
      by.cluster().doors().seesLeave(by, watchee.path().toSerializationFormat());
    }
  }

  Members(SimulatedCluster cluster, long seed) {
    this.cluster = cluster;
    this.chance = new RandomStreams(seed, "members");
  }

  public List<String> all() {
    return List.copyOf(members);
  }

  /** Whether the node of that executor is one, as far as this node knows. */
  boolean lives(SimulatedNode asks, String executor) {
    var belief = outdated.get(asks.name());
    var known = belief == null ? members : belief.members();
    return executor.isEmpty() || known.stream().anyMatch(node -> isOf(executor, node));
  }

  /** When the node of that executor was seen to be gone. */
  public Optional<Instant> removedAt(String executor) {
    return removedAt.entrySet().stream()
        .filter(entry -> isOf(executor, entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** Whether that executor is one of that node. */
  public static boolean isOf(String executor, String node) {
    var id = SimulatedNode.idOf(node);
    return executor.equals(id) || executor.startsWith(id + "/");
  }

  void join(String node) {
    members.add(node);
    cluster.clocks().assign();
  }

  /** It has left, or the others think so. */
  void remove(String node) {
    if (!members.contains(node)) {
      return;
    }
    outdated.put(node, new Belief(new LinkedHashSet<>(members), new LinkedHashMap<>(homes)));
    members.remove(node);
    removedAt.put(node, cluster.world().now());
    homes.values().removeIf(node::equals);
    moving.removeIf(id -> !homes.containsKey(id));
    cluster.note(() -> TraceLine.ofNode(node, "is no member any more"));
    var gone = watched.stream().filter(it -> it.node().equals(node)).toList();
    watched.removeAll(gone);
    // Not all others see at once that somebody has left.
    gone.forEach(it -> cluster.world().after(chance.between(Duration.ZERO, SEEN_BY_ALL), it::tell));
    if (!cluster.queues().isEmpty()) {
      cluster.nodes().forEach(this::tellQueues);
    }
    cluster.clocks().assign();
  }

  private void tellQueues(SimulatedNode other) {
    cluster.world().after(chance.between(Duration.ZERO, SEEN_BY_ALL), other.queues()::memberLeft);
  }

  /** Where that origin is to be, as far as a node knows; empty while it moves. */
  Optional<String> home(SimulatedNode asks, String originId) {
    var belief = outdated.get(asks.name());
    if (belief != null) {
      return Optional.ofNullable(belief.homes().get(originId));
    }
    if (moving.contains(originId) || members.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(homes.computeIfAbsent(originId, id -> chance.oneOf(all())));
  }

  public Map<String, String> homes() {
    return homes;
  }

  /** All that it has goes elsewhere. */
  void leaving(String node) {
    homes.entrySet().stream()
        .filter(entry -> entry.getValue().equals(node))
        .map(Map.Entry::getKey)
        .toList()
        .forEach(this::move);
  }

  /** False when it is moving already, or has no home. */
  public boolean move(String originId) {
    var home = homes.get(originId);
    if (home == null || !moving.add(originId)) {
      return false;
    }
    cluster.note(() -> TraceLine.ofOrigin(home, originId, originId + " is to move"));
    cluster.node(home).ifPresent(node -> node.handOff(originId));
    return true;
  }

  /** It is not there any more, and may come into memory elsewhere. */
  void handedOff(SimulatedNode by, String originId) {
    if (by.name().equals(homes.get(originId)) && moving.remove(originId)) {
      homes.remove(originId);
      var others = members.stream().filter(name -> !name.equals(by.name())).toList();
      if (!others.isEmpty()) {
        homes.put(originId, chance.oneOf(others));
      }
    }
  }

  void watch(SimulatedNode by, String node, InternalActorRef watchee, InternalActorRef watcher) {
    var it = new Watched(by, node, watchee, watcher);
    if (members.contains(node)) {
      watched.add(it);
    } else {
      it.tell();
    }
  }

  void unwatch(ActorRef watchee, ActorRef watcher) {
    watched.removeIf(it -> it.watchee().equals(watchee) && it.watcher().equals(watcher));
  }
}
