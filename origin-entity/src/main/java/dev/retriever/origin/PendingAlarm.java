package dev.retriever.origin;

import dev.retriever.alarms.Schedule;

/**
 * What an alarm of the users is about.
 *
 * @param row the journal row that scheduled it: tells apart what stood under one id
 */
record PendingAlarm(Schedule schedule, Then then, long row) {}
