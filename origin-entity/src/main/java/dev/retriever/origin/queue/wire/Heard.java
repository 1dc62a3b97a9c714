package dev.retriever.origin.queue.wire;

/**
 * The queue has taken in what the origin told it. Messages with the same row may differ in what
 * they give back, so both numbers are needed.
 *
 * @param row of the message that was taken in
 * @param telling of that message
 */
public record Heard(String queue, long row, long telling) implements OriginMessage {}
