package dev.retriever.origin.entity;

import dev.retriever.origin.Notice;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What the origins of one node count together. Thread-safe. */
public final class OriginCounters {
  private final Map<Notice, LongAdder> counts = new EnumMap<>(Notice.class);
  private final LongAdder pending = new LongAdder();

  OriginCounters() {
    for (var notice : Notice.values()) {
      counts.put(notice, new LongAdder());
    }
  }

  void count(Notice notice) {
    counts.get(notice).increment();
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
}
