package dev.retriever.origin.delivery;

import dev.retriever.executor.Response;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.callback.Callback;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.callback.CallbackSubject;
import dev.retriever.origin.delivery.CallbackRow.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads journal rows for what they change about callbacks. Made for one write. */
final class CallbackReading implements OriginEvent.Draft {
  private final List<CallbackRow> changes = new ArrayList<>();

  static List<CallbackRow> of(List<Object> journal) {
    var reading = new CallbackReading();
    for (var row : journal) {
      if (row instanceof OriginEvent event) {
        event.applyTo(reading);
      }
    }
    return List.copyOf(reading.changes);
  }

  @Override
  public void accepted(OriginEvent.FetchAccepted event) {
    event.spec().delivers().ifPresent(callback -> pending(event, callback));
  }

  private void pending(OriginEvent.FetchAccepted event, Callback callback) {
    var subject = CallbackSubject.of(callback);
    event
        .spec()
        .redriveOf()
        .ifPresent(
            former ->
                changes.add(
                    new CallbackRow(
                        former,
                        subject.to().endpoint(),
                        subject.to().generation(),
                        State.OVER,
                        subject.fetchId(),
                        Optional.empty(),
                        Optional.empty(),
                        event.at())));
    changes.add(
        new CallbackRow(
            event.fetchId(),
            subject.to().endpoint(),
            subject.to().generation(),
            State.PENDING,
            subject.fetchId(),
            Optional.empty(),
            Optional.empty(),
            event.at()));
  }

  @Override
  public void settled(OriginEvent.FetchSettled event) {
    event.told().ifPresent(subject -> settled(event, subject));
  }

  private void settled(OriginEvent.FetchSettled event, CallbackSubject subject) {
    var status = event.outcome().received().map(Response::status);
    var taken = status.filter(Callback::takes).isPresent() && event.outcome().why().isEmpty();
    changes.add(
        new CallbackRow(
            event.fetchId(),
            subject.to().endpoint(),
            subject.to().generation(),
            taken ? State.OVER : State.DEAD,
            subject.fetchId(),
            event.outcome().why().or(() -> cancelled(event)),
            status,
            event.at()));
  }

  private static Optional<String> cancelled(OriginEvent.FetchSettled event) {
    return event.outcome().received().isPresent() ? Optional.empty() : Optional.of("cancelled");
  }

  @Override
  public void callbackDropped(OriginEvent.CallbackDropped event) {
    CallbackChoice to = event.to();
    changes.add(
        new CallbackRow(
            Callback.id(event.facts().sequence()),
            to.endpoint(),
            to.generation(),
            State.DEAD,
            event.facts().fetchId(),
            Optional.of(event.reason()),
            Optional.empty(),
            event.at()));
  }

  @Override
  public void scheduled(OriginEvent.FetchScheduled event) {}

  @Override
  public void due(OriginEvent.FetchDue event) {}

  @Override
  public void attemptStarted(OriginEvent.AttemptStarted event) {}

  @Override
  public void attemptEnded(OriginEvent.AttemptEnded event) {}

  @Override
  public void late(OriginEvent.LateAnswerKept event) {}

  @Override
  public void handlingFailed(OriginEvent.HandlingFailed event) {}

  @Override
  public void forgotten(OriginEvent.SettledForgotten event) {}

  @Override
  public void originForgotten(OriginEvent.OriginForgotten event) {}

  @Override
  public void handled(OriginEvent.ContinuationHandled event) {}

  @Override
  public void bodiesErased(OriginEvent.BodiesErased event) {}

  @Override
  public void erasureDone(OriginEvent.ErasureDone event) {}

  @Override
  public void ofSchedule(OriginEvent.OfSchedule event) {}

  @Override
  public void alarmScheduled(OriginEvent.AlarmScheduled event) {}

  @Override
  public void alarmCancelled(OriginEvent.AlarmCancelled event) {}

  @Override
  public void alarmFired(OriginEvent.AlarmFired event) {}
}
