package dev.retriever.cluster.security.keys;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The hours in which keys were used last, until they are written. Each key is written once an hour.
 * There is one entry for each key that was used, at most. Thread-safe.
 */
final class UsedKeys {
  /** Keys that are written at a time. */
  private static final int BATCH = 1_000;

  private final Map<String, Instant> known = new ConcurrentHashMap<>();
  private final Map<String, Instant> unwritten = new ConcurrentHashMap<>();

  void note(String id, Instant now) {
    var hour = now.truncatedTo(ChronoUnit.HOURS);
    if (!hour.equals(known.get(id))) {
      known.put(id, hour);
      unwritten.put(id, hour);
    }
  }

  /** Some that are to be written now. */
  Map<String, Instant> take() {
    var taken = new HashMap<String, Instant>();
    for (var id : unwritten.keySet()) {
      if (taken.size() == BATCH) {
        break;
      }
      taken.put(id, unwritten.remove(id));
    }
    return taken;
  }

  /** They could not be written. */
  void giveBack(Map<String, Instant> hours) {
    hours.forEach(unwritten::putIfAbsent);
  }

  /** Keys that are gone are forgotten. */
  void keepOnly(Set<String> ids) {
    known.keySet().retainAll(ids);
  }
}
