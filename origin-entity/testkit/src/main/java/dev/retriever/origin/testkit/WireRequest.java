package dev.retriever.origin.testkit;

import dev.retriever.executor.FetchRequest;
import java.time.Instant;

/**
 * A request that was sent: a target may have acted on it.
 *
 * @param attempt which attempt of the fetch it was, from 1
 * @param at when it was sent, in the time of the test
 */
public record WireRequest(String fetchId, int attempt, Instant at, FetchRequest request) {}
