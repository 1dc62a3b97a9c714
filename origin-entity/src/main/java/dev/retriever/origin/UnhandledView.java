package dev.retriever.origin;

import java.time.Instant;
import java.util.Optional;

/**
 * A cause whose continuation has not run yet, as a list shows it.
 *
 * @param key its key within its origin, for redriving it
 * @param fetchId the fetch of the outcome or late answer
 * @param alarmId the alarm that fired; either this or {@code fetchId} is present
 * @param tries how often the continuation has failed
 * @param reason why it failed last: class and message of what the handler threw, or that no code
 *     answers to its name or reads its context
 * @param retryAt when it is tried again; empty when it is parked until it is redriven
 */
public record UnhandledView(
    String key,
    Optional<String> fetchId,
    Optional<String> alarmId,
    String continuation,
    int tries,
    String reason,
    Optional<Instant> retryAt) {}
