package dev.retriever.origin.core;

import dev.retriever.origin.Origin;

/**
 * All that an origin knows: its fetches, and what its users keep.
 *
 * @param fetches counts the rows of both
 * @param own of the type that its {@link Origin} says
 */
public record FullState<S>(OriginState fetches, S own) {}
