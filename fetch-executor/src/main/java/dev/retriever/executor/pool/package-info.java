/**
 * Pools of executors, of this node and of others: permits, attempts, dispatches and reports. How an
 * attempt is made on the wire does not belong here; that is {@code http}.
 */
package dev.retriever.executor.pool;
