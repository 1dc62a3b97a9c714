package dev.retriever.origin.entity;

import dev.retriever.executor.parcel.Parcels;
import dev.retriever.origin.core.OriginState;
import java.time.Instant;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;

/**
 * Decides when one origin leaves memory, and hands its waiting callers on. Belongs to one actor.
 */
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

  /** Accepts the offer of a large message, which follows. */
  void take(Parcels.Offer offer) {
    parcels.take(ctx, Object.class, offer);
  }

  /** Asks the shard to passivate the origin, if it may leave memory; false if it may not. */
  boolean leaveIfIdle(OriginState state) {
    var may = !parcels.isPulling(ctx) && afterCommit.maySleep(state, now());
    if (may) {
      leave();
    }
    return may;
  }

  /** Too many origins are in memory: this one leaves if it may. */
  void crowded(OriginState state) {
    if (!leaveIfIdle(state)) {
      node.residents().stays(ctx.getSelf());
    }
  }

  /**
   * Whether to stop, because work is overdue although no message comes. After failed writes, Pekko
   * stops unstashing at the journal's answers to them until another command comes, and a shard that
   * waits for a stashed Stop sends none.
   */
  boolean isStuck(OriginState state) {
    var stuck = node.woken() && afterCommit.hasMissed(state, now());
    if (stuck) {
      ctx.getLog()
          .warn(
              "{} has overdue work and received no message for long; it stops and recovers", home);
    }
    return stuck;
  }

  /**
   * Leaves memory so that the next incarnation recovers: another one may have journaled meanwhile,
   * and the sender repeats its message. A failure would lose stashed messages, such as a {@link
   * OriginCommand.Stop} that the shard waits for.
   */
  void leaveToRecover(String unknown) {
    ctx.getLog()
        .info("{} does not know {}; it leaves memory and recovers from the journal", home, unknown);
    leave();
  }

  /** Asks the shard for the stop message; until it comes, other messages still come. */
  private void leave() {
    afterCommit.leave();
    home.shard().tell(new ClusterSharding.Passivate<>(ctx.getSelf()));
  }

  /**
   * Hands on what this incarnation leaves behind when it stops. New work may have come since it
   * asked to leave, and a shard that moves does not ask. So the next incarnation gets the waiting
   * commands, or a message that loads it.
   *
   * @param isUnheard whether it still has to handle what became of its open attempts
   */
  void handOver(OriginState state, boolean isUnheard) {
    afterCommit.takeWaiting().forEach(asked -> node.address().accept(home.id(), asked));
    if (isUnheard
        || state.awaitsRoom(now())
        || node.woken() && !afterCommit.maySleep(state, now())) {
      node.bringBack().accept(home.id());
    }
  }

  /** Repeats the waiting commands: a write that seemed to fail may have settled their fetches. */
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
