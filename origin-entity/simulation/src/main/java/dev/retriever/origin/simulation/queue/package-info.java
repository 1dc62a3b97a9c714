/**
 * Queues in a simulated cluster: their rows in the database, and the checks of what they promise.
 * Nodes and faults that concern more than queues belong to {@code cluster} and {@code fault}.
 */
package dev.retriever.origin.simulation.queue;
