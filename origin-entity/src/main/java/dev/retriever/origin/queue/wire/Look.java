package dev.retriever.origin.queue.wire;

/** Rows of the queue exist: it is to be in memory. */
public record Look(String queue) implements QueueMessage {}
