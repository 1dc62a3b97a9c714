package dev.retriever.executor;

import java.time.Duration;

/**
 * The time that one attempt has. Immutable.
 *
 * @param takenAt when the executor took the attempt, by {@link System#nanoTime}; the timeline of
 *     its report starts there
 * @param timeout how long it may take from then
 */
public record TimeLimit(long takenAt, Duration timeout) {}
