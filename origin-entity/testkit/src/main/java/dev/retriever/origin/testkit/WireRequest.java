package dev.retriever.origin.testkit;

import dev.retriever.executor.FetchRequest;
import java.time.Instant;

/**
 * A request that was put on the wire: one that a target may have acted on.
 *
 * @param attempt which attempt of the fetch it was, from 1
 * @param at when it was sent, in the time of the test
 */
public record WireRequest(String fetchId, int attempt, Instant at, FetchRequest request) {}
