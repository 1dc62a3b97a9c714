package dev.retriever.origin.simulation.queue;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.QueueSettings.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Watches the rate of each queue: in any window, so many of its grants are used as the limit and
 * the burst allow. Grants that are not used give their tokens back, and do not count.
 */
final class RateChecker {
  private final QueueFindings findings;
  private final Map<String, QueueRate> queues = new HashMap<>();

  private static final class QueueRate {
    private Optional<Rate> rate = Optional.empty();

    /** When each grant was sent first, by its number. */
    private final Map<Long, Instant> granted = new HashMap<>();

    /** When those were granted that attempts began with, by their numbers. */
    private final Map<Long, Instant> used = new HashMap<>();
  }

  RateChecker(QueueFindings findings) {
    this.findings = findings;
  }

  private QueueRate of(String queue) {
    return queues.computeIfAbsent(queue, it -> new QueueRate());
  }

  /** From now on it has that rate. What was before is not looked at any more. */
  void configured(String queue, Optional<Rate> rate) {
    var it = of(queue);
    if (!it.rate.equals(rate)) {
      it.rate = rate;
      it.used.clear();
      it.granted.clear();
    }
  }

  void granted(Lease lease, Instant now) {
    of(lease.queue()).granted.putIfAbsent(lease.grantNo(), now);
  }

  /** An attempt begins with that grant. */
  void started(Lease lease, String subject) {
    var it = of(lease.queue());
    var granted = Optional.ofNullable(it.granted.get(lease.grantNo()));
    if (it.rate.isEmpty() || granted.isEmpty()) {
      return;
    }
    it.used.put(lease.grantNo(), granted.get());
    var used = it.used.values().stream().sorted().toList();
    for (var first = 0; first < used.size(); first++) {
      for (var last = first; last < used.size(); last++) {
        var window = Duration.between(used.get(first), used.get(last));
        check(it.rate.get(), last - first + 1, window, lease.queue(), subject);
      }
    }
  }

  /** The attempt with that grant never began, and gives its token back. */
  void neverBegan(Lease lease) {
    of(lease.queue()).used.remove(lease.grantNo());
  }

  private void check(Rate rate, int begun, Duration window, String queue, String subject) {
    var filled = window.toNanos() / 1_000 * rate.limit() / (rate.per().toNanos() / 1_000);
    if (begun > rate.burst() + filled + 1) {
      findings.broken(
          QueueFindings.LIMITS,
          subject,
          "of queue %s %d grants of %s were used: %s".formatted(queue, begun, window, rate));
    }
  }
}
