package dev.retriever.origin.entity;

import dev.retriever.alarms.ClockReading;
import java.time.Duration;
import java.time.Instant;

/**
 * How long a caller waits here. The instant comes from the clock of another node. The time from its
 * arrival on is counted by the monotonic clock, so that a wall clock which is set back does not
 * keep callers in memory.
 */
record WaitingTime(Instant asked, ClockReading since) {
  /** Until when, by the wall clock as it goes now. */
  Instant until(ClockReading now) {
    var left = now.wall().plus(Duration.between(since.wall(), asked)).minus(since.until(now));
    return left.isBefore(asked) ? left : asked;
  }

  boolean isUp(ClockReading now) {
    return until(now).isBefore(now.wall());
  }
}
