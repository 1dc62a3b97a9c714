package dev.retriever.executor.pool;

import java.util.concurrent.atomic.LongAdder;

/** The counters of a pool. */
final class PoolCounters {
  final LongAdder reportsResent = new LongAdder();
  final LongAdder reportsUndelivered = new LongAdder();
  final LongAdder dispatchesRefused = new LongAdder();
}
