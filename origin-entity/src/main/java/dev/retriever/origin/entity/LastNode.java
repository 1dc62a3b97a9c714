package dev.retriever.origin.entity;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * Knows whether this node stops as the last one that could hold its origins. Messages to next
 * incarnations then have no receiver, and sharding would buffer them and delay the shutdown until
 * its phase times out. Thread-safe.
 */
final class LastNode {
  private volatile boolean stops;

  private LastNode() {}

  /**
   * @param role of the nodes that hold the origins; empty for all
   */
  static LastNode of(ActorSystem<?> system, Optional<String> role) {
    var last = new LastNode();
    var cluster = Cluster.get(system);
    CoordinatedShutdown.get(system)
        .addTask(
            // Reports of attempts that end reach their origins in the phases before.
            CoordinatedShutdown.PhaseBeforeClusterShutdown(),
            "look-for-other-nodes",
            () -> {
              last.stops = !hasOthers(cluster, role);
              return CompletableFuture.completedFuture(Done.getInstance());
            });
    return last;
  }

  boolean stops() {
    return stops;
  }

  private static boolean hasOthers(Cluster cluster, Optional<String> role) {
    var self = cluster.selfMember().uniqueAddress();
    for (var member : cluster.state().getMembers()) {
      if (!member.uniqueAddress().equals(self) && isThere(member) && hasRole(member, role)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a node with that role is a member of the cluster and does not answer. */
  static boolean isSomeUnreachable(Cluster cluster, Optional<String> role) {
    for (var member : cluster.state().getUnreachable()) {
      if (hasRole(member, role)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isThere(Member member) {
    var status = member.status();
    return status.equals(MemberStatus.up())
        || status.equals(MemberStatus.weaklyUp())
        || status.equals(MemberStatus.joining());
  }

  private static boolean hasRole(Member member, Optional<String> role) {
    return role.isEmpty() || member.hasRole(role.get());
  }
}
