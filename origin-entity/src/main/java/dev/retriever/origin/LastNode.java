package dev.retriever.origin;

import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.StreamSupport;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * Whether this node is the last of its cluster, and its origins are about to leave or have left: no
 * incarnation of them is to come. What is still sent to one would be kept for it, and the stop of
 * the node would wait for that, in vain and for ten seconds. Thread-safe.
 */
final class LastNode implements BooleanSupplier {
  private final Cluster cluster;
  private volatile boolean handsOver;

  private LastNode(Cluster cluster) {
    this.cluster = cluster;
  }

  static LastNode of(ActorSystem<?> system) {
    var last = new LastNode(Cluster.get(system));
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseBeforeClusterShutdown(),
            "hand-over",
            () -> {
              last.handsOver = true;
              return CompletableFuture.completedFuture(Done.getInstance());
            });
    return last;
  }

  @Override
  public boolean getAsBoolean() {
    return handsOver
        && StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
            .noneMatch(this::takesOver);
  }

  private boolean takesOver(Member member) {
    var status = member.status();
    return !member.uniqueAddress().equals(cluster.selfMember().uniqueAddress())
        && (status == MemberStatus.up()
            || status == MemberStatus.weaklyUp()
            || status == MemberStatus.joining());
  }
}
