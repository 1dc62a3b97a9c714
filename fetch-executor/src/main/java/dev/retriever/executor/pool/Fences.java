package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Attempts that must not begin any more, though their dispatch may still be on its way. For so long
 * that a dispatch which comes later is refused by its age alone. Not thread-safe.
 */
final class Fences {
  private final Map<AttemptKey, Instant> until = new LinkedHashMap<>();
  private final int most;
  private final Duration lasting;

  Fences(int most, Duration lasting) {
    this.most = most;
    this.lasting = lasting;
  }

  /** False when there are too many: then nothing can be promised of that attempt. */
  boolean put(AttemptKey key, Instant now) {
    forgetThoseOver(now);
    if (until.size() >= most && !until.containsKey(key)) {
      return false;
    }
    // Anew, so that those over first stand first.
    until.remove(key);
    until.put(key, now.plus(lasting));
    return true;
  }

  boolean has(AttemptKey key, Instant now) {
    forgetThoseOver(now);
    return until.containsKey(key);
  }

  private void forgetThoseOver(Instant now) {
    var oldest = until.values().iterator();
    while (oldest.hasNext() && oldest.next().isBefore(now)) {
      oldest.remove();
    }
  }
}
