package dev.retriever.origin.entity;

import dev.retriever.origin.OriginSettings;
import java.util.function.BiFunction;
import org.apache.pekko.actor.typed.BackoffSupervisorStrategy;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityContext;

/**
 * Creates the actors of origins, with or without an invocation log. They restart after an error.
 */
final class OriginBehavior {
  private OriginBehavior() {}

  static <S> Behavior<Object> create(EntityContext<Object> entity, OriginNode<S> node) {
    var home =
        new OriginHome(entity.getEntityTypeKey().name(), entity.getEntityId(), entity.getShard());
    return node.log()
        .map(log -> LoggedOrigin.create(home, node, log))
        .orElseGet(
            () -> supervised(node, (ctx, timers) -> new OriginEntity<>(ctx, timers, home, node)));
  }

  static Behavior<Object> supervised(
      OriginNode<?> node,
      BiFunction<ActorContext<Object>, TimerScheduler<Object>, Behavior<Object>> of) {
    var origin =
        Behaviors.<Object>setup(ctx -> Behaviors.withTimers(timers -> of.apply(ctx, timers)));
    return Behaviors.supervise(origin).onFailure(restarting(node.settings()));
  }

  static BackoffSupervisorStrategy restarting(OriginSettings settings) {
    return SupervisorStrategy.restartWithBackoff(
        settings.restartMin(), settings.restartMax(), settings.restartJitter());
  }
}
