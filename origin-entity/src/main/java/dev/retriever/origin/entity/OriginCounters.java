package dev.retriever.origin.entity;

import dev.retriever.origin.Notice;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What the origins of one node count together. Thread-safe. */
public final class OriginCounters {
  private static final Set<Notice> SETTLED =
      EnumSet.of(Notice.ANSWERED, Notice.FAILED, Notice.UNKNOWN, Notice.CANCELLED);

  private final Map<Notice, LongAdder> counts = new EnumMap<>(Notice.class);
  private final LongAdder pending = new LongAdder();
  private final AtomicLong unsettled = new AtomicLong();
  private final AtomicLong mostUnsettled = new AtomicLong();

  OriginCounters() {
    for (var notice : Notice.values()) {
      counts.put(notice, new LongAdder());
    }
  }

  void count(Notice notice) {
    counts.get(notice).increment();
    if (notice == Notice.ACCEPTED) {
      mostUnsettled.accumulateAndGet(unsettled.incrementAndGet(), Math::max);
    } else if (SETTLED.contains(notice)) {
      unsettled.decrementAndGet();
    }
  }

  void pendingChanged(int by) {
    pending.add(by);
  }

  Map<Notice, Long> counts() {
    var sums = new EnumMap<Notice, Long>(Notice.class);
    counts.forEach((notice, count) -> sums.put(notice, count.sum()));
    return sums;
  }

  public long pending() {
    return pending.sum();
  }

  /** The most that were accepted and not settled at once, also while their origins slept. */
  long mostUnsettled() {
    return mostUnsettled.get();
  }
}
