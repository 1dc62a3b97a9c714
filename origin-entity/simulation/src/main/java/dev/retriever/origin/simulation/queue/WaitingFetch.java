package dev.retriever.origin.simulation.queue;

import java.time.Instant;

/**
 * A fetch that waits in a queue, as the journal of its origin has it.
 *
 * @param readyAt when it may start
 */
public record WaitingFetch(
    String queue, String key, int priority, Instant acceptedAt, Instant readyAt) {}
