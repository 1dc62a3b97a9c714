package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Attempts that must not begin, although their dispatch may still be on its way. A fence lasts
 * until the age of the dispatch alone is a reason to refuse it. Not thread-safe.
 */
final class Fences {
  private final Map<AttemptKey, Instant> until = new LinkedHashMap<>();
  private final int most;
  private final Duration lasting;

  Fences(int most, Duration lasting) {
    this.most = most;
    this.lasting = lasting;
  }

  /**
   * Fences an attempt, or renews its fence.
   *
   * @return false if there are too many fences; then the attempt may still begin
   */
  boolean put(AttemptKey key, Instant now) {
    removeExpired(now);
    if (until.size() >= most && !until.containsKey(key)) {
      return false;
    }
    // Removed first, so that the map stays in the order of expiry.
    until.remove(key);
    until.put(key, now.plus(lasting));
    return true;
  }

  boolean has(AttemptKey key, Instant now) {
    removeExpired(now);
    return until.containsKey(key);
  }

  private void removeExpired(Instant now) {
    var oldest = until.values().iterator();
    while (oldest.hasNext() && oldest.next().isBefore(now)) {
      oldest.remove();
    }
  }
}
