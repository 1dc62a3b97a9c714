package dev.retriever.origin.entity;

import dev.retriever.executor.parcel.Parcels;
import dev.retriever.origin.core.OriginState;
import java.time.Instant;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;

/** How one origin leaves memory. Belongs to one actor. */
final class Passivation<S> {
  private final ActorContext<Object> ctx;
  private final OriginNode<S> node;
  private final OriginHome home;
  private final AfterCommit<S> afterCommit;
  private final Parcels parcels;

  Passivation(
      ActorContext<Object> ctx, OriginNode<S> node, OriginHome home, AfterCommit<S> afterCommit) {
    this.ctx = ctx;
    this.node = node;
    this.home = home;
    this.afterCommit = afterCommit;
    this.parcels = Parcels.get(ctx.getSystem());
  }

  /** A message that is large; it comes when it is here. */
  void take(Parcels.Offer offer) {
    parcels.take(ctx, Object.class, offer);
  }

  /** Asks its shard for leave if it may sleep; false if it may not. */
  boolean leaveIfIdle(OriginState state) {
    var may = !parcels.isPulling(ctx) && afterCommit.maySleep(state, now());
    if (may) {
      leave();
    }
    return may;
  }

  /** Too many are in memory: it leaves, or stays for a reason. */
  void crowded(OriginState state) {
    if (!leaveIfIdle(state)) {
      node.residents().stays(ctx.getSelf());
    }
  }

  /**
   * Whether to stop, since it is overdue although it is idle. After failed writes, Pekko stops
   * unstashing at the journal's answers to them until another command comes, and a shard that waits
   * for a stashed Stop sends none.
   */
  boolean isStuck(OriginState state) {
    var stuck = node.woken() && afterCommit.hasMissed(state, now());
    if (stuck) {
      ctx.getLog().warn("{} was told nothing for long, and is overdue: it comes anew", home);
    }
    return stuck;
  }

  /**
   * Another incarnation may have journaled meanwhile, and whoever told of it comes again: so the
   * next one is to recover. To fail would be shorter, and lose what is stashed, such as a {@link
   * OriginCommand.Stop}; its shard would wait for that for good.
   */
  void leaveToRecover(String unknown) {
    ctx.getLog().info("{} does not know {}, and makes way for one that does", home, unknown);
    leave();
  }

  /** Its shard will tell it to stop; until then messages still come. */
  private void leave() {
    afterCommit.leave();
    home.shard().tell(new ClusterSharding.Passivate<>(ctx.getSelf()));
  }

  /**
   * It stops. Since it asked to leave, something may have come that it should have stayed for; and
   * when its shard moves, it is not asked. So its next incarnation is told who waits here, or just
   * called.
   */
  void handOver(OriginState state) {
    afterCommit.takeWaiting().forEach(asked -> node.address().accept(home.id(), asked));
    if (state.awaitsRoom(now()) || node.woken() && !afterCommit.maySleep(state, now())) {
      node.address().accept(home.id(), new OriginCommand.RoomMade());
    }
  }

  /** What those wait for who asked before may have come to pass in a write that seemed to fail. */
  void askAgain() {
    afterCommit.takeWaiting().forEach(ctx.getSelf()::tell);
  }

  void letGo() {
    afterCommit.letGo();
    node.residents().left(ctx.getSelf());
  }

  private Instant now() {
    return node.clock().instant();
  }
}
