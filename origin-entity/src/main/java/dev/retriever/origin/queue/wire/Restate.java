package dev.retriever.origin.queue.wire;

/** The queue asks for everything again. Answered by a Told. */
public record Restate(String queue) implements OriginMessage {}
