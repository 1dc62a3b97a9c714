package dev.retriever.origin;

import java.time.Instant;

/**
 * That an alarm rang.
 *
 * @param due when it was due. Of ticks of a cron schedule that were missed while the origin could
 *     not run, only the first rings: it stands for all of them
 * @param at when it rang, never before it was due unless somebody triggered it
 */
public record Firing(String alarmId, Instant due, Instant at) {}
