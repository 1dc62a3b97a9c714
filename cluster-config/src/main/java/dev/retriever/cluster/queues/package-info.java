/**
 * Queues over HTTP: what operators configure and do, and the figures that they and callers read.
 *
 * <p>What a queue decides is in {@code origin.queue}; submissions to queues are read by {@code
 * api}.
 */
package dev.retriever.cluster.queues;
