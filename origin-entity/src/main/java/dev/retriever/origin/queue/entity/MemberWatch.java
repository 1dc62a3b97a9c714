package dev.retriever.origin.queue.entity;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;

/** Tells the queues of this node when a node has left, since its messages may be lost. */
final class MemberWatch {
  private MemberWatch() {}

  /**
   * @param left is run when one has
   */
  static Behavior<MemberRemoved> create(Runnable left) {
    return Behaviors.setup(
        ctx -> {
          Cluster.get(ctx.getSystem())
              .subscriptions()
              .tell(Subscribe.create(ctx.getSelf(), MemberRemoved.class));
          return Behaviors.receive(MemberRemoved.class)
              .onAnyMessage(
                  it -> {
                    left.run();
                    return Behaviors.same();
                  })
              .build();
        });
  }
}
