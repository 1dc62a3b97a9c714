package dev.retriever.origin.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long a settled fetch is remembered: its id, its outcome and what came late.
 *
 * @param length from its settlement; empty for good
 */
public record Retention(Optional<Duration> length) {
  public static final Retention FOREVER = new Retention(Optional.empty());

  /** What settled then or earlier is over; empty when nothing ever is. */
  Optional<Instant> horizon(Instant now) {
    return length.map(now::minus);
  }

  boolean isOver(SettledFetch fetch, Instant now) {
    return horizon(now).filter(horizon -> !fetch.settledAt().isAfter(horizon)).isPresent();
  }
}
