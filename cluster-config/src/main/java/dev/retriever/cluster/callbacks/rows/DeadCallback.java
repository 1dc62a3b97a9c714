package dev.retriever.cluster.callbacks.rows;

import dev.retriever.origin.delivery.CallbackRow;

/**
 * A callback that was not delivered. Immutable.
 *
 * @param persistenceId of its origin
 */
public record DeadCallback(String persistenceId, CallbackRow row) {}
