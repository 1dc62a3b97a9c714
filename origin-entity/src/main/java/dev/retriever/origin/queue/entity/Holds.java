package dev.retriever.origin.queue.entity;

import dev.retriever.executor.Tenant;
import dev.retriever.origin.queue.QueueSettings.RetryAfterScope;
import dev.retriever.origin.queue.core.KeyId;
import dev.retriever.origin.queue.core.Scheduler;
import dev.retriever.origin.queue.entity.QueueEvent.Stoppage;
import dev.retriever.origin.queue.wire.Told;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Holds the queue or a key until a target, or an operator, lets it go on. Times of targets are
 * rounded up to a second, so that many answers that say nearly the same are journaled once. Not
 * thread-safe.
 */
final class Holds {
  private final Scheduler scheduler;
  private final Fence fence;

  Holds(Scheduler scheduler, Fence fence) {
    this.scheduler = scheduler;
    this.fence = fence;
  }

  /** A target asked to wait, if it did. */
  void asked(QueueTurn turn, Told told, Told.Ended end) {
    var rule = turn.settings().retryAfter();
    var now = turn.now().wall();
    var latest = now.plus(rule.max());
    end.retryAfter()
        .map(until -> until.isAfter(latest) ? latest : until)
        .filter(now::isBefore)
        .map(Holds::up)
        .ifPresent(until -> hold(turn, rule.scope(), told, end, until));
  }

  private void hold(
      QueueTurn turn, RetryAfterScope scope, Told told, Told.Ended end, Instant until) {
    if (scope == RetryAfterScope.QUEUE) {
      hold(turn, until, because(told, end));
    } else if (scope == RetryAfterScope.KEY) {
      hold(turn, new KeyId(told.tenant(), end.key()), until, because(told, end));
    }
  }

  private static Instant up(Instant until) {
    var second = until.truncatedTo(ChronoUnit.SECONDS);
    return second.equals(until) ? until : second.plusSeconds(1);
  }

  /** The fetch as its caller knows it. */
  private static String because(Told told, Told.Ended end) {
    return end.status().map(status -> status + " of ").orElse("")
        + Tenant.outerId(told.originType(), told.originId())
        + "/"
        + end.fetchId();
  }

  /** The queue is held until then, if it is not held for longer. */
  void hold(QueueTurn turn, Instant until, String because) {
    if (isLater(turn.state().stops().held(), until)) {
      turn.journal(new QueueEvent.Held(until, Optional.empty(), because, turn.now().wall()));
      scheduler.hold(until, turn.now());
      fence.forbid(turn, scheduler.unanswered());
    }
  }

  /** Grants of the key are asked back; those that were used already are not stopped. */
  private void hold(QueueTurn turn, KeyId key, Instant until, String because) {
    var stands = Optional.ofNullable(turn.state().stops().heldKeys().get(key));
    if (isLater(stands, until)) {
      turn.journal(new QueueEvent.Held(until, Optional.of(key), because, turn.now().wall()));
      scheduler.hold(key, until, turn.now());
      fence.revoke(
          turn,
          scheduler.unanswered().stream()
              .filter(grant -> grant.line().key().equals(key.key()))
              .filter(grant -> Leases.tenantOf(grant.line().origin()).equals(key.tenant()))
              .toList());
    }
  }

  private static boolean isLater(Optional<Stoppage> stands, Instant until) {
    return stands.flatMap(Stoppage::until).map(until::isAfter).orElse(true);
  }
}
