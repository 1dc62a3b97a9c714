package dev.retriever.cluster.security;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits how often something happens for each of many keys. Each key has a burst, which fills again
 * with time. The keys that were not seen for longest are forgotten when there are too many. Takes
 * the time as an argument. Not thread-safe.
 */
final class TokenBuckets<K> {
  private static final double NANOS_PER_MINUTE = 60e9;

  private final double perNano;
  private final int burst;
  private final Map<K, Bucket> buckets;

  private record Bucket(double tokens, long at) {}

  TokenBuckets(int perMinute, int burst, int mostKeys) {
    this.perNano = perMinute / NANOS_PER_MINUTE;
    this.burst = burst;
    this.buckets =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, Bucket> eldest) {
            return size() > mostKeys;
          }
        };
  }

  /**
   * Takes one token if there is one.
   *
   * @param now in nanoseconds, never less than before
   * @return 0 if it was taken, else nanoseconds until there is one
   */
  long take(K key, long now) {
    var before = buckets.get(key);
    var tokens =
        before == null ? burst : Math.min(burst, before.tokens() + (now - before.at()) * perNano);
    var taken = tokens >= 1;
    buckets.put(key, new Bucket(taken ? tokens - 1 : tokens, now));
    return taken ? 0 : (long) Math.ceil((1 - tokens) / perNano);
  }

  int size() {
    return buckets.size();
  }
}
