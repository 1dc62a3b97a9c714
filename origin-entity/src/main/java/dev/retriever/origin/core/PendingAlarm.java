package dev.retriever.origin.core;

import dev.retriever.alarms.Alarm;
import dev.retriever.alarms.Schedule;
import dev.retriever.origin.ScheduledAlarm;
import dev.retriever.origin.StoredContinuation;

/**
 * What an alarm of the users is about.
 *
 * @param row the journal row that scheduled it: tells apart what stood under one id
 */
public record PendingAlarm(Schedule schedule, StoredContinuation then, long row) {
  /** As handlers and operators see it. */
  static ScheduledAlarm shown(Alarm<PendingAlarm> alarm) {
    var pending = alarm.payload();
    return new ScheduledAlarm(alarm.id(), pending.schedule(), alarm.due(), pending.then());
  }
}
