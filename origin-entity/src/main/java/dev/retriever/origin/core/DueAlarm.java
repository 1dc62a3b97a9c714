package dev.retriever.origin.core;

import dev.retriever.alarms.Alarm;
import dev.retriever.origin.AlarmView;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** An alarm of an origin, its own or one of the users'. */
sealed interface DueAlarm {
  Instant due();

  /** False when an earlier step of the turn has cancelled or replaced it. */
  boolean stands(OriginState state);

  AlarmView view();

  <R> R fold(Function<OwnAlarm, R> own, Function<Alarm<PendingAlarm>, R> user);

  /** An alarm of the origin itself. */
  record Own(Alarm<OwnAlarm> alarm) implements DueAlarm {
    OwnAlarm own() {
      return alarm.payload();
    }

    @Override
    public Instant due() {
      return alarm.due();
    }

    @Override
    public boolean stands(OriginState state) {
      var standing =
          own().kind() == OwnAlarm.Kind.START
              ? state.starts().get(alarm.id())
              : state.ownAlarms().get(alarm.id());
      return standing.equals(Optional.of(alarm));
    }

    @Override
    public AlarmView view() {
      var kind = AlarmView.Kind.valueOf(own().kind().name());
      return new AlarmView(kind, own().id(), due(), Optional.empty());
    }

    @Override
    public <R> R fold(Function<OwnAlarm, R> own, Function<Alarm<PendingAlarm>, R> user) {
      return own.apply(own());
    }
  }

  /** An alarm of the users. */
  record User(Alarm<PendingAlarm> alarm) implements DueAlarm {
    @Override
    public Instant due() {
      return alarm.due();
    }

    @Override
    public boolean stands(OriginState state) {
      return state.alarms().get(alarm.id()).equals(Optional.of(alarm));
    }

    @Override
    public AlarmView view() {
      var scheduled = Optional.of(PendingAlarm.shown(alarm));
      return new AlarmView(AlarmView.Kind.USER, alarm.id(), due(), scheduled);
    }

    @Override
    public <R> R fold(Function<OwnAlarm, R> own, Function<Alarm<PendingAlarm>, R> user) {
      return user.apply(alarm);
    }
  }
}
