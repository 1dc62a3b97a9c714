package dev.retriever.cluster.search;

import dev.retriever.origin.Outcome;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which fetches are wanted. Each term narrows it. Immutable.
 *
 * @param state of the fetches; their times are ordered by when they settled, or were accepted
 * @param origin the id of an origin, or the beginning of ids followed by {@code *}
 * @param labels by key
 * @param settled times of the settlement, and {@code accepted} those of the acceptance
 * @param terms as they were given, by name
 */
record FetchFilter(
    State state,
    Optional<String> origin,
    Optional<Outcome.Type> outcome,
    Optional<String> stage,
    Optional<String> reason,
    Optional<Integer> status,
    Optional<String> method,
    Optional<String> host,
    Optional<String> queue,
    SortedMap<String, String> labels,
    Span settled,
    Span accepted,
    SortedMap<String, String> terms) {
  /** Most terms of a filter. */
  static final int MOST_TERMS = 8;

  /** What a fetch is at now. */
  enum State {
    SETTLED,
    /** All that have not settled, but for those that wait for their time. */
    PENDING,
    SCHEDULED;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A span of time.
   *
   * @param after exclusive
   * @param before exclusive
   */
  record Span(Optional<Instant> after, Optional<Instant> before) {
    static final Span ALL = new Span(Optional.empty(), Optional.empty());
  }

  FetchFilter {
    labels = new TreeMap<>(labels);
    terms = new TreeMap<>(terms);
  }

  boolean isSettled() {
    return state == State.SETTLED;
  }

  /** The same, of fetches that settled after that time. */
  FetchFilter settledAfter(Instant time) {
    return new FetchFilter(
        state,
        origin,
        outcome,
        stage,
        reason,
        status,
        method,
        host,
        queue,
        labels,
        new Span(Optional.of(time), settled.before()),
        accepted,
        terms);
  }
}
