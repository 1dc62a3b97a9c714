package dev.retriever.loadtest;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often each attempt of each fetch reached the target. Requests that name no fetch count under
 * {@code ""}, those without a readable attempt number under attempt 0. Thread-safe.
 */
final class Hits {
  /** Fetches told apart; past it the target refuses, because a count with holes proves nothing. */
  static final int FETCHES_MAX = 1_000_000;

  private final Map<String, Map<Integer, Integer>> counts = new HashMap<>();

  /** False when the book is full and the hit could not be counted. */
  synchronized boolean count(String fetchId, int attempt) {
    if (counts.size() >= FETCHES_MAX && !counts.containsKey(fetchId)) {
      return false;
    }
    counts.computeIfAbsent(fetchId, id -> new TreeMap<>()).merge(attempt, 1, Integer::sum);
    return true;
  }

  synchronized Map<String, Map<Integer, Integer>> snapshot() {
    var copy = new TreeMap<String, Map<Integer, Integer>>();
    counts.forEach((fetchId, attempts) -> copy.put(fetchId, Map.copyOf(attempts)));
    return copy;
  }

  synchronized void reset() {
    counts.clear();
  }
}
