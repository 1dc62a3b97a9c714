package dev.retriever.origin;

/**
 * All that an origin knows: its fetches, and what its users keep.
 *
 * @param fetches counts the rows of both
 * @param own of the type that its {@link Origin} says
 */
record Whole<S>(OriginState fetches, S own) {}
