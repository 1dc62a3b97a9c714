/**
 * Callbacks, schedules and jobs in bulk while nodes are killed. Each scenario compares what came
 * with what the journal says; what decides about it reads no clock and no network.
 */
package dev.retriever.loadtest.crashes;
