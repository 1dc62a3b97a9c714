package dev.retriever.cluster;

import dev.retriever.executor.Nodes;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;

/** The members of a node's cluster, by the ids that executors are journaled with. */
final class Membership {
  private Membership() {}

  /** Names this incarnation of a node: after a restart the uid is another one. */
  static String nodeId(UniqueAddress address) {
    return address.address().hostPort() + "#" + Long.toHexString(address.longUid());
  }

  static String selfId(ActorSystem<?> system) {
    return nodeId(Cluster.get(system).selfMember().uniqueAddress());
  }

  /**
   * The nodes of that system's cluster. A node that is being shut down, or cannot be reached, still
   * counts: its attempts are lost only when it has been removed.
   */
  static Nodes of(ActorSystem<?> system) {
    var cluster = Cluster.get(system);
    return new Nodes(
        id -> {
          for (var member : cluster.state().getMembers()) {
            if (nodeId(member.uniqueAddress()).equals(id)) {
              return true;
            }
          }
          return false;
        });
  }

  /** Has {@code left} called with the id of each other node that leaves from now on. */
  static void onLeft(ActorSystem<?> system, Consumer<String> left) {
    var listener =
        Behaviors.<MemberRemoved>setup(
            ctx -> {
              Cluster.get(system)
                  .subscriptions()
                  .tell(Subscribe.create(ctx.getSelf(), MemberRemoved.class));
              return Behaviors.receive(MemberRemoved.class)
                  .onAnyMessage(
                      removed -> {
                        var id = nodeId(removed.member().uniqueAddress());
                        if (!id.equals(selfId(system))) {
                          left.accept(id);
                        }
                        return Behaviors.same();
                      })
                  .build();
            });
    system.systemActorOf(listener, "retriever-membership", Props.empty());
  }
}
