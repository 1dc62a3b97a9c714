package dev.retriever.origin.core;

import dev.retriever.alarms.Alarm;
import dev.retriever.alarms.Schedule;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginEvent.AlarmCancelled;
import dev.retriever.origin.OriginEvent.AlarmFired;
import dev.retriever.origin.OriginEvent.AlarmScheduled;
import dev.retriever.origin.StoredContinuation;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.Decision.Effect;
import java.time.Instant;
import java.util.List;

/**
 * Makes every decision about the users' alarms, as a pure function of state, input and time.
 *
 * @param maxAlarms most alarms that one origin may have pending
 */
public record AlarmCore(int maxAlarms) {
  /** Schedules an alarm; it replaces one with the same id. */
  Decision schedule(
      OriginState state, String id, Schedule schedule, StoredContinuation then, Instant now) {
    if (state.alarms().size() >= maxAlarms && state.alarm(id).isEmpty()) {
      return Decision.nothing(Verdict.TOO_MANY_PENDING);
    }
    var event = new AlarmScheduled(id, schedule, schedule.first(now), then, now);
    return new Decision(Verdict.ACCEPTED, List.of(event), List.of());
  }

  Decision cancel(OriginState state, String id, Instant now) {
    if (state.alarm(id).isEmpty()) {
      return Decision.nothing(Verdict.NO_SUCH_ALARM);
    }
    return new Decision(Verdict.SETTLED, List.of(new AlarmCancelled(id, now)), List.of());
  }

  /**
   * Fires the alarm now, due or not. The next tick of a cron schedule comes after the one that was
   * due.
   */
  Decision fire(Alarm<PendingAlarm> alarm, Instant now) {
    var handled = now.isAfter(alarm.due()) ? now : alarm.due();
    var next = alarm.payload().schedule().next(handled);
    return new Decision(
        Verdict.NOTED,
        List.of(new AlarmFired(alarm.id(), alarm.due(), now, next)),
        List.of(Effect.Note.alarm(Notice.ALARMS_FIRED, alarm.id())));
  }
}
