package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which origins wait for room in a pool, in the order in which they came, and who goes before them.
 * Thread-safe.
 */
final class RoomQueue {
  private final int most;
  private final Map<String, Runnable> waiting = new LinkedHashMap<>();

  /** It is their turn, and they have not come yet. */
  private final Set<String> called = new LinkedHashSet<>();

  RoomQueue(int most) {
    this.most = most;
  }

  /**
   * Whether that origin may have room now. While others wait it may when it has been called, or is
   * the first of them; so those who come anew do not keep those who wait from ever having their
   * turn. One who was called and does not come holds up nobody: whoever is refused has the line
   * looked at again.
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
   * The place in the line is that of the first call; dropped when too many wait.
   *
   * @param origin as {@link AttemptKey#origin} names it
   */
  synchronized void add(String origin, Runnable tryAgain) {
    if (waiting.size() < most || waiting.containsKey(origin)) {
      waiting.put(origin, tryAgain);
    }
  }

  synchronized int size() {
    return waiting.size();
  }

  synchronized boolean has(String origin) {
    return waiting.containsKey(origin);
  }

  /** The first so many, who do not wait any more. */
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
