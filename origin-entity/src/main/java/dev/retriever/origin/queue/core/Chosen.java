package dev.retriever.origin.queue.core;

import java.util.List;
import java.util.Optional;

/**
 * What a look has decided. Immutable.
 *
 * @param first what must be journaled before any of the choices is sent
 * @param choices in the order in which they were made; their numbers follow each other
 */
public record Chosen(Optional<BreakerChange> first, List<Choice> choices) {}
