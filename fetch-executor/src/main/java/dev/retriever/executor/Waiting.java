package dev.retriever.executor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who waits for room in a pool, in the order in which they came. Thread-safe. */
final class Waiting {
  private final int most;
  private final Map<String, Runnable> waiting = new LinkedHashMap<>();

  Waiting(int most) {
    this.most = most;
  }

  /** The place in the line is that of the first call; dropped when too many wait. */
  synchronized void add(String waiter, Runnable tryAgain) {
    if (waiting.size() < most || waiting.containsKey(waiter)) {
      waiting.put(waiter, tryAgain);
    }
  }

  /** The first so many, who do not wait any more. */
  synchronized List<Runnable> next(int count) {
    var next = new ArrayList<Runnable>();
    var each = waiting.values().iterator();
    while (next.size() < count && each.hasNext()) {
      next.add(each.next());
      each.remove();
    }
    return next;
  }
}
