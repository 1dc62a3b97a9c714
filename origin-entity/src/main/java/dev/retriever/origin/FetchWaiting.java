package dev.retriever.origin;

import java.time.Instant;
import java.util.Optional;

/**
 * Where a pending fetch waits for its next attempt. Immutable.
 *
 * @param queue the name of the queue
 * @param key that the fetch chose; empty for that of its origin
 * @param priority 1, the highest, to {@link QueueChoice#LOWEST}
 * @param since when it began to wait: its acceptance, its time if it was scheduled, or the end of
 *     its last attempt
 * @param readyAt from when on the attempt may begin; later than {@code since} before a retry
 */
public record FetchWaiting(
    String queue, Optional<String> key, int priority, Instant since, Instant readyAt) {}
