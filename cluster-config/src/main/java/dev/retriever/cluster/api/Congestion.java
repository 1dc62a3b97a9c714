package dev.retriever.cluster.api;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Detects that more is submitted than the node can record. Each submission would then wait behind
 * all earlier ones until its caller gives up, and would be recorded in vain. To answer accepted
 * submissions in time, the node refuses further ones at once.
 *
 * <p>Congestion begins when many wait, and most submissions that ended lately took long. A few slow
 * ones, as when a shard moves, are no congestion. From then on no more are under way than the node
 * has answered within the time that is long. So each is answered after about that time, whatever
 * the node can do. Congestion is over when nothing was refused for a while. Without that limit, a
 * node that takes all when its queue is short takes so much before the next slow answer that all of
 * it is late again. A limit for a shorter time would hold a node with little processor time: its
 * answers are slow however few it takes. Thread-safe.
 */
final class Congestion {
  /** This many at once are never too many for a node that is not congested. */
  static final int FEW = 256;

  /** This many may always be under way: what a node can do is seen by what it does. */
  static final int FEWEST = 64;

  /** Congestion is over when nothing was refused for so long. */
  static final Duration EASE = Duration.ofSeconds(10);

  private final long slow;
  private final LongSupplier nanos;
  private final RecentCount answered;
  private final RecentCount endedSlowly;
  private final RecentCount answeredQuickly;
  private int underWay;
  private boolean congested;
  private long refusedAt;

  /**
   * @param slow a submission that takes this long or longer is slow
   * @param nanos a clock such as {@link System#nanoTime}
   */
  Congestion(Duration slow, LongSupplier nanos) {
    this.slow = slow.toNanos();
    this.nanos = nanos;
    var lately = slow.dividedBy(2);
    var now = nanos.getAsLong();
    answered = new RecentCount(slow, now);
    endedSlowly = new RecentCount(lately, now);
    answeredQuickly = new RecentCount(lately, now);
  }

  /** Admits a submission; {@link #ended} must be called for it. Empty when it is refused. */
  synchronized OptionalLong begun() {
    var now = nanos.getAsLong();
    if (underWay >= FEWEST && underWay >= most(now)) {
      congested = true;
      refusedAt = now;
      return OptionalLong.empty();
    }
    underWay++;
    return OptionalLong.of(now);
  }

  /** How many may be under way; not less than {@link #FEWEST}. */
  private long most(long now) {
    if (congested && now - refusedAt < EASE.toNanos()) {
      return Math.max(FEWEST, answered.at(now));
    }
    congested = false;
    return endedSlowly.at(now) > answeredQuickly.at(now) ? FEW : Long.MAX_VALUE;
  }

  /**
   * An admitted submission was answered, or its caller gave up, or it was refused elsewhere.
   *
   * @param begun what it began with
   * @param isAnswered whether the node has done its work
   */
  synchronized void ended(long begun, boolean isAnswered) {
    underWay--;
    var now = nanos.getAsLong();
    if (isAnswered) {
      answered.add(now);
    }
    if (now - begun >= slow) {
      endedSlowly.add(now);
    } else if (isAnswered) {
      answeredQuickly.add(now);
    }
  }
}
