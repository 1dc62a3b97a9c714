package dev.retriever.origin.queue.entity;

import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;

/** Tells the queues of this node when a node has left, since its messages may be lost. */
final class MemberWatch {
  private MemberWatch() {}

  static Behavior<MemberRemoved> create(Set<ActorRef<Object>> queues) {
    return Behaviors.setup(
        ctx -> {
          Cluster.get(ctx.getSystem())
              .subscriptions()
              .tell(Subscribe.create(ctx.getSelf(), MemberRemoved.class));
          return Behaviors.receive(MemberRemoved.class)
              .onAnyMessage(
                  it -> {
                    queues.forEach(queue -> queue.tell(new QueueCommand.MemberLeft()));
                    return Behaviors.same();
                  })
              .build();
        });
  }
}
