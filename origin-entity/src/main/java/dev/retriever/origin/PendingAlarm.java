package dev.retriever.origin;

import dev.retriever.alarms.Alarm;
import dev.retriever.alarms.Schedule;

/**
 * What an alarm of the users is about.
 *
 * @param row the journal row that scheduled it: tells apart what stood under one id
 */
record PendingAlarm(Schedule schedule, Then then, long row) {
  /** As handlers and operators see it. */
  static ScheduledAlarm shown(Alarm<PendingAlarm> alarm) {
    var pending = alarm.payload();
    return new ScheduledAlarm(alarm.id(), pending.schedule(), alarm.due(), pending.then());
  }
}
