package dev.retriever.cluster.security.jwt;

import java.time.Duration;
import java.util.Optional;

/**
 * The keys of an issuer as they were fetched last, and when to fetch them again. Times are of the
 * monotonic clock, in nanoseconds. Immutable.
 *
 * @param document empty if they have never been fetched
 * @param tried when the last fetch began; empty if none has
 */
record KeyAge(Optional<IssuerDocument> document, long fetched, Optional<Long> tried) {
  /** Then they are fetched again, so that a key that was withdrawn is not accepted for long. */
  static final Duration FRESH = Duration.ofMinutes(5);

  /** So long they are used while the issuer does not answer. */
  static final Duration LONGEST = Duration.ofHours(1);

  /** From the beginning of one fetch to that of the next, whatever tokens come. */
  static final Duration PAUSE = Duration.ofSeconds(30);

  static final KeyAge NONE = new KeyAge(Optional.empty(), 0, Optional.empty());

  KeyAge trying(long now) {
    return new KeyAge(document, fetched, Optional.of(now));
  }

  KeyAge having(IssuerDocument found, long now) {
    return new KeyAge(Optional.of(found), now, tried);
  }

  /** The keys, unless they are too old. */
  Optional<IssuerDocument> usable(long now) {
    return document.filter(any -> now - fetched <= LONGEST.toNanos());
  }

  boolean isStale(long now) {
    return document.isEmpty() || now - fetched >= FRESH.toNanos();
  }

  boolean mayTry(long now) {
    return tried.map(last -> now - last >= PAUSE.toNanos()).orElse(true);
  }
}
