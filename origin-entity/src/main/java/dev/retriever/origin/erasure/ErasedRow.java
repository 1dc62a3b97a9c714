package dev.retriever.origin.erasure;

import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.core.Cause;
import dev.retriever.origin.core.specs.Bodiless;
import java.util.Optional;

/**
 * What a row is overwritten with: an event of the same class and about the same fetch, which a
 * replay takes as the one that was there.
 */
public final class ErasedRow implements OriginEvent.Draft {
  private final String fetchId;
  private Optional<OriginEvent> erased = Optional.empty();

  private ErasedRow(String fetchId) {
    this.fetchId = fetchId;
  }

  /**
   * The row without what that fetch sent and got.
   *
   * @param row also one of the users, which is theirs
   * @return empty when it has nothing of that, or is about another fetch
   */
  public static Optional<OriginEvent> of(Object row, String fetchId) {
    var draft = new ErasedRow(fetchId);
    if (row instanceof OriginEvent event) {
      event.applyTo(draft);
    }
    return draft.erased.filter(it -> !it.equals(row));
  }

  public static OriginEvent.FetchSettled of(OriginEvent.FetchSettled event) {
    return new OriginEvent.FetchSettled(
        event.fetchId(),
        Bodiless.of(event.outcome()),
        event.exhausted(),
        Bodiless.of(event.attempts()),
        event.at(),
        event.notBefore(),
        event.redriveOf(),
        event.told(),
        event.traceId());
  }

  private void set(String id, OriginEvent event) {
    erased = Optional.of(event).filter(it -> id.equals(fetchId));
  }

  @Override
  public void accepted(OriginEvent.FetchAccepted event) {
    set(
        event.fetchId(),
        new OriginEvent.FetchAccepted(
            event.fetchId(),
            Bodiless.of(event.spec()),
            event.at(),
            event.executor(),
            event.then(),
            event.lease()));
  }

  @Override
  public void attemptEnded(OriginEvent.AttemptEnded event) {
    set(
        event.fetchId(),
        new OriginEvent.AttemptEnded(
            event.fetchId(),
            event.attempt(),
            Bodiless.of(event.report()),
            event.heard(),
            event.at(),
            event.retryAt(),
            Optional.empty()));
  }

  @Override
  public void settled(OriginEvent.FetchSettled event) {
    set(event.fetchId(), of(event));
  }

  @Override
  public void late(OriginEvent.LateAnswerKept event) {
    set(
        event.fetchId(),
        new OriginEvent.LateAnswerKept(
            event.fetchId(), event.attempt(), Bodiless.of(event.report()), event.at()));
  }

  /** The message of a handler's exception may quote what it was given. */
  @Override
  public void handlingFailed(OriginEvent.HandlingFailed event) {
    if (Cause.isOf(event.cause(), fetchId)) {
      set(
          fetchId,
          new OriginEvent.HandlingFailed(event.cause(), "erased", event.at(), event.retryAt()));
    }
  }

  @Override
  public void scheduled(OriginEvent.FetchScheduled event) {}

  @Override
  public void due(OriginEvent.FetchDue event) {}

  @Override
  public void attemptStarted(OriginEvent.AttemptStarted event) {}

  @Override
  public void bodiesErased(OriginEvent.BodiesErased event) {}

  @Override
  public void erasureDone(OriginEvent.ErasureDone event) {}

  @Override
  public void forgotten(OriginEvent.SettledForgotten event) {}

  @Override
  public void originForgotten(OriginEvent.OriginForgotten event) {}

  @Override
  public void handled(OriginEvent.ContinuationHandled event) {}

  @Override
  public void alarmScheduled(OriginEvent.AlarmScheduled event) {}

  @Override
  public void alarmCancelled(OriginEvent.AlarmCancelled event) {}

  /** What a schedule sends belongs to it, and goes when it is deleted. */
  @Override
  public void ofSchedule(OriginEvent.OfSchedule event) {}

  /** It has facts of the outcome, and no part of it. */
  @Override
  public void callbackDropped(OriginEvent.CallbackDropped event) {}

  @Override
  public void alarmFired(OriginEvent.AlarmFired event) {}
}
