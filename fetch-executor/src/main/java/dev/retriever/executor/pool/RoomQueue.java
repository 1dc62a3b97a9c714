package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The origins that wait for room in a pool, in the order of arrival, and those that were called and
 * may enter first. Thread-safe.
 */
final class RoomQueue {
  private final int most;
  private final Map<String, Runnable> waiting = new LinkedHashMap<>();

  /** Origins that were called and have not tried again yet. */
  private final Set<String> called = new LinkedHashSet<>();

  private int mostWaited;

  RoomQueue(int most) {
    this.most = most;
  }

  /**
   * Whether the origin may take room now. While others wait, only a called origin or the first in
   * the queue may; so newcomers cannot starve the queue. A called origin that does not come blocks
   * no other: each refused origin is queued, and the queue is called again.
   */
  synchronized boolean isTurnOf(AttemptKey key) {
    if (waiting.isEmpty()) {
      called.clear();
      return true;
    }
    var origin = key.origin();
    return called.remove(origin) || waiting.keySet().iterator().next().equals(origin);
  }

  /**
   * Adds an origin. A second call keeps its place; the call is dropped if too many wait.
   *
   * @param origin the name from {@link AttemptKey#origin}
   */
  synchronized void add(String origin, Runnable tryAgain) {
    if (waiting.size() < most || waiting.containsKey(origin)) {
      waiting.put(origin, tryAgain);
      mostWaited = Math.max(mostWaited, waiting.size());
    }
  }

  synchronized int size() {
    return waiting.size();
  }

  /** The most that waited at once. */
  synchronized int mostWaited() {
    return mostWaited;
  }

  synchronized boolean has(String origin) {
    return waiting.containsKey(origin);
  }

  /** Removes and returns the first waiters, at most {@code count}. */
  synchronized List<Runnable> next(int count) {
    var next = new ArrayList<Runnable>();
    var each = waiting.entrySet().iterator();
    while (next.size() < count && each.hasNext()) {
      var first = each.next();
      next.add(first.getValue());
      called.add(first.getKey());
      each.remove();
    }
    while (called.size() > most) {
      called.remove(called.iterator().next());
    }
    return next;
  }
}
