package dev.retriever.origin.queue.core;

/**
 * A line: fetches of one origin that wait under the same key and priority. Immutable.
 *
 * @param priority 1, the highest, to 5
 */
public record LineId(OriginId origin, String key, int priority) {}
