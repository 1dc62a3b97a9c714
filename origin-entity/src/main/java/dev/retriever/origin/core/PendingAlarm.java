package dev.retriever.origin.core;

import dev.retriever.alarms.Alarm;
import dev.retriever.alarms.Schedule;
import dev.retriever.origin.ScheduledAlarm;
import dev.retriever.origin.StoredContinuation;

/**
 * The content of a users' alarm.
 *
 * @param row the journal row that scheduled it; tells apart alarms that had the same id
 */
public record PendingAlarm(Schedule schedule, StoredContinuation then, long row) {
  /** As handlers and operators see it. */
  static ScheduledAlarm shown(Alarm<PendingAlarm> alarm) {
    var pending = alarm.payload();
    return new ScheduledAlarm(alarm.id(), pending.schedule(), alarm.due(), pending.then());
  }
}
