/**
 * What operators and callers see of queues: settings, operations and figures.
 *
 * <p>Decisions are in {@code core}, actors in {@code entity}; nothing here depends on either.
 */
package dev.retriever.origin.queue;
