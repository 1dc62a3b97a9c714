package dev.retriever.cluster.tenants.quota;

import java.time.Duration;
import java.util.Optional;

/**
 * This node's share of a tenant's submissions a second (GCRA: one number, no timer). The share is
 * the limit divided by the nodes, so all nodes together never let more pass. Times are of a
 * monotonic clock. Not thread-safe.
 */
final class SubmitRate {
  private static final long SECOND = 1_000_000_000L;

  private final long perSecond;
  private final long burst;

  /** When the bucket would be full again; never long in the past. */
  private long fullAt;

  private boolean used;

  SubmitRate(long perSecond, long burst) {
    this.perSecond = perSecond;
    this.burst = burst;
  }

  /**
   * Lets one submission pass, or says how long to wait for the next one.
   *
   * @param nodes among which the limit is shared out; at least 1
   * @param now in nanoseconds
   */
  Optional<Duration> waitFor(long now, int nodes) {
    if (perSecond == 0) {
      return Optional.of(Duration.ofSeconds(1));
    }
    var each = SECOND * nodes / perSecond;
    var room = each * Math.max(1, burst / nodes);
    var full = !used || fullAt - now < 0 ? now : fullAt;
    if (full + each - now > room) {
      return Optional.of(Duration.ofNanos(full + each - now - room));
    }
    used = true;
    fullAt = full + each;
    return Optional.empty();
  }
}
