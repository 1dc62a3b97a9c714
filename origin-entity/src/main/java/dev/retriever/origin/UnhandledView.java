package dev.retriever.origin;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that has happened and whose continuation has not run yet, as a list shows it.
 *
 * @param key names it within its origin, to redrive it by
 * @param fetchId whose outcome or late answer it is
 * @param alarmId what rang; either this or {@code fetchId} is present
 * @param tries how often the continuation has failed
 * @param reason why it failed last: class and message of what the handler threw, or that no code
 *     answers to its name or reads its context
 * @param retryAt when it is tried again; empty when it is parked, until somebody redrives it
 */
public record UnhandledView(
    String key,
    Optional<String> fetchId,
    Optional<String> alarmId,
    String continuation,
    int tries,
    String reason,
    Optional<Instant> retryAt) {}
