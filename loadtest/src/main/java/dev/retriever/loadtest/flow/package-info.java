/**
 * Scenarios of named queues: their price, shares, and what waits in them. Those of pools of
 * executors are in {@code queue}.
 */
package dev.retriever.loadtest.flow;
