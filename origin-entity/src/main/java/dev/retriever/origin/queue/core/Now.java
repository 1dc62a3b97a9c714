package dev.retriever.origin.queue.core;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * A moment, as both clocks show it. Immutable.
 *
 * @param micros of a clock that only goes forward, from any zero. Rates, back-offs and lives of
 *     grants go by it
 * @param wall for times that others have named: when a fetch is ready, and when a hold ends
 */
public record Now(long micros, Instant wall) {
  /** The same moment of the wall clock in microseconds, rounded down. */
  long wallMicros() {
    return micros(wall);
  }

  /** The instant in microseconds, rounded down; at its bounds for instants beyond them. */
  static long micros(Instant instant) {
    long seconds = Math.max(-FAR_SECONDS, Math.min(FAR_SECONDS, instant.getEpochSecond()));
    return TimeUnit.SECONDS.toMicros(seconds) + instant.getNano() / 1_000;
  }

  /** The instant in microseconds, rounded up. */
  static long microsUp(Instant instant) {
    return micros(instant) + (instant.getNano() % 1_000 == 0 ? 0 : 1);
  }

  /** About 30,000 years: sums of such times still fit. */
  private static final long FAR_SECONDS = 1_000_000_000_000L;
}
