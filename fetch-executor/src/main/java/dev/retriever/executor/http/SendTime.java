package dev.retriever.executor.http;

import dev.retriever.executor.TimeLimit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Until when a request may be sent. */
final class SendTime {
  private SendTime() {}

  /**
   * Tells whether the time of an exchange that starts now is over. A process that was stopped may
   * send before its timers and messages take effect, so the clocks themselves are asked. The
   * monotonic clock stands while a machine is suspended; the wall clock may be set. Whichever says
   * that the time is over counts.
   */
  static BooleanSupplier isOver(TimeLimit limit, LongSupplier nanos, LongSupplier wallMillis) {
    var startedAt = wallMillis.getAsLong();
    var most = limit.timeout();
    return () ->
        nanos.getAsLong() - limit.takenAt() >= most.toNanos()
            || wallMillis.getAsLong() - startedAt >= most.toMillis();
  }
}
