package dev.retriever.cluster;

import java.util.stream.StreamSupport;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;

/** The names of incarnations of nodes, which the ids of their pools begin with. */
final class NodeIds {
  private NodeIds() {}

  /** After a restart the node's uid is another one. */
  static String of(UniqueAddress node) {
    return node.address().hostPort() + "#" + Long.toHexString(node.longUid());
  }

  /** Whether the node of that pool is a member of the cluster. */
  static boolean lives(ActorSystem<?> system, String poolId) {
    if (poolId.isEmpty()) {
      return true;
    }
    return StreamSupport.stream(Cluster.get(system).state().getMembers().spliterator(), false)
        .map(member -> of(member.uniqueAddress()))
        .anyMatch(node -> poolId.equals(node) || poolId.startsWith(node + "/"));
  }
}
