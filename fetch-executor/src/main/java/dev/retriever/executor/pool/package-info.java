/**
 * Pools of executors, of this node and of others: permits, attempts, dispatches and reports. The
 * HTTP exchange of an attempt does not belong here, but in {@code http}.
 */
package dev.retriever.executor.pool;
