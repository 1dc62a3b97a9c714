package dev.retriever.origin;

import java.time.Instant;

/**
 * The firing of an alarm.
 *
 * @param due when it was due. If ticks of a cron schedule were missed while the origin could not
 *     run, only the first of them fires
 * @param at when it fired; before {@code due} only if an operator triggered it
 */
public record Firing(String alarmId, Instant due, Instant at) {}
