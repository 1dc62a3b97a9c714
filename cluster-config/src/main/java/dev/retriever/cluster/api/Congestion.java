package dev.retriever.cluster.api;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Detects that more is submitted than the journal can record. Each submission would then wait
 * behind all earlier ones until its caller gives up, and would be recorded in vain. To answer
 * accepted submissions in time, the node refuses further ones at once.
 *
 * <p>There is congestion when every submission that ended in the last second took long, while many
 * waited. A few slow ones, as when a shard moves, are no congestion. Thread-safe.
 */
final class Congestion {
  /** This many at once are never too many. */
  static final int FEW = 256;

  private static final long LASTING = Duration.ofSeconds(1).toNanos();

  private final long slow;
  private final LongSupplier nanos;
  private final AtomicInteger underWay = new AtomicInteger();

  /** The last time when few submissions waited, or one was answered quickly. */
  private volatile long relaxed;

  /** Whether every submission that ended since then took long. */
  private volatile boolean slowSince;

  /**
   * @param slow a submission that takes this long or longer is slow
   * @param nanos a clock such as {@link System#nanoTime}
   */
  Congestion(Duration slow, LongSupplier nanos) {
    this.slow = slow.toNanos();
    this.nanos = nanos;
    relax(nanos.getAsLong());
  }

  /** Admits a submission; {@link #ended} must be called for it. Empty when it is refused. */
  OptionalLong begun() {
    var now = nanos.getAsLong();
    if (underWay.incrementAndGet() <= FEW) {
      relax(now);
    } else if (slowSince && now - relaxed >= LASTING) {
      underWay.decrementAndGet();
      return OptionalLong.empty();
    }
    return OptionalLong.of(now);
  }

  /**
   * An admitted submission was answered, or its caller gave up.
   *
   * @param begun what it began with
   */
  void ended(long begun, boolean answered) {
    underWay.decrementAndGet();
    var now = nanos.getAsLong();
    if (now - begun >= slow) {
      slowSince = true;
    } else if (answered) {
      relax(now);
    }
  }

  private void relax(long now) {
    relaxed = now;
    slowSince = false;
  }
}
