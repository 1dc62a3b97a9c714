package dev.retriever.origin.core;

/**
 * The whole state of an origin: its fetches and alarms, and the state of its users.
 *
 * @param fetches counts the rows of both
 * @param own the users' state
 */
public record FullState<S>(OriginState fetches, S own) {}
