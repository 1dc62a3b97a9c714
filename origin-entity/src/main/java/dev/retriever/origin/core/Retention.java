package dev.retriever.origin.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long a settled fetch is remembered: its id, its outcome and its late reports.
 *
 * @param length from its settlement; empty for ever
 */
public record Retention(Optional<Duration> length) {
  public static final Retention FOREVER = new Retention(Optional.empty());

  /** Fetches that settled then or earlier are over; empty when none ever is. */
  Optional<Instant> horizon(Instant now) {
    return length.map(now::minus);
  }

  boolean isOver(SettledFetch fetch, Instant now) {
    return horizon(now).filter(horizon -> !fetch.settledAt().isAfter(horizon)).isPresent();
  }
}
