package dev.retriever.loadtest.rates;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The search of the highest rate that is sustained: up or down until there is a rate that is and
 * one that is not, and then the middle of both, until they are close. Immutable.
 *
 * @param estimate a rate a second, greater than 0, where it begins
 * @param tried in order
 */
record RateSearch(double estimate, List<Tried> tried) {
  /** The rates are close when the higher one is at most so many times the lower one. */
  static final double CLOSE = 1.06;

  static final int TRIALS_MAX = 9;

  private static final double UP = 1.2;
  private static final double DOWN = 0.75;

  /**
   * One trial.
   *
   * @param seconds that it took
   * @param why what showed that it was not sustained, in words; empty when it was
   */
  record Tried(double rate, long seconds, boolean sustained, String why) {}

  RateSearch {
    tried = List.copyOf(tried);
  }

  static RateSearch from(double estimate) {
    return new RateSearch(estimate, List.of());
  }

  RateSearch with(Tried trial) {
    var all = new ArrayList<>(tried);
    all.add(trial);
    return new RateSearch(estimate, all);
  }

  /** The highest rate that was sustained, and is lower than all that were not. */
  OptionalDouble highest() {
    var limit = lowestThatFailed().orElse(Double.POSITIVE_INFINITY);
    return tried.stream()
        .filter(trial -> trial.sustained() && trial.rate() < limit)
        .mapToDouble(Tried::rate)
        .max();
  }

  private OptionalDouble lowestThatFailed() {
    return tried.stream().filter(trial -> !trial.sustained()).mapToDouble(Tried::rate).min();
  }

  /** The rate to try next; empty when the search is over. */
  OptionalDouble next() {
    var low = highest();
    var high = lowestThatFailed();
    if (tried.size() >= TRIALS_MAX) {
      return OptionalDouble.empty();
    }
    if (low.isEmpty() && high.isEmpty()) {
      return OptionalDouble.of(estimate);
    }
    if (high.isEmpty()) {
      return OptionalDouble.of(low.getAsDouble() * UP);
    }
    if (low.isEmpty()) {
      return OptionalDouble.of(high.getAsDouble() * DOWN);
    }
    return high.getAsDouble() <= CLOSE * low.getAsDouble()
        ? OptionalDouble.empty()
        : OptionalDouble.of((low.getAsDouble() + high.getAsDouble()) / 2);
  }
}
