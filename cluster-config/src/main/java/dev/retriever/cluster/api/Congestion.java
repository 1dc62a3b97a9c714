package dev.retriever.cluster.api;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Whether more is submitted than can be recorded. Each submission would then wait behind all that
 * came before it until its caller gives up, and be recorded for nobody: the more was asked for, the
 * less came of it. So that those who are taken are answered in time, some are refused at once.
 *
 * <p>It holds when all that was answered or given up in the last second took long, while many were
 * waited for. Some that take long, as when their shard moves, are no congestion. Thread-safe.
 */
final class Congestion {
  /** So many at once are never too many. */
  static final int FEW = 256;

  private static final long LASTING = Duration.ofSeconds(1).toNanos();

  private final long slow;
  private final LongSupplier nanos;
  private final AtomicInteger underWay = new AtomicInteger();

  /** When there were few last, or an answer came quickly. */
  private volatile long relaxed;

  /** What ended since then took long. */
  private volatile boolean slowSince;

  /**
   * @param slow what takes this long or longer took long
   * @param nanos a clock such as {@link System#nanoTime}
   */
  Congestion(Duration slow, LongSupplier nanos) {
    this.slow = slow.toNanos();
    this.nanos = nanos;
    relax(nanos.getAsLong());
  }

  /** Takes one in, of which {@link #ended} is to be told; empty when it is to be refused. */
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
   * One that was taken in has been answered, or is no longer waited for.
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
