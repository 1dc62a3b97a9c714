package dev.retriever.origin.simulation;

import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.Outcome;
import java.util.List;
import java.util.Map;

/**
 * One origin at the end of a simulated run, for invariants to look at. Immutable, if its state and
 * events are.
 *
 * @param state as its journal gives it
 * @param events its users' events, in order
 * @param outcomes by fetch id
 * @param requests that reached a target, in order: a request that was made again is there again
 * @param <E> the root of its events
 * @param <S> its state
 */
public record SimulatedOrigin<E, S>(
    String id,
    S state,
    List<E> events,
    Map<String, Outcome> outcomes,
    List<FetchRequest> requests) {}
