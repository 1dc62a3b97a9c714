package dev.retriever.origin.queue.wire;

/** The queue has taken in all that the origin told it up to that row. */
public record Heard(String queue, long row) implements OriginMessage {}
