package dev.retriever.loadtest.kills;

import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.load.Probes;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * How the rate at which fetches settle came back after a blow to one node.
 *
 * @param all from the blow until the rate was what it is to be; empty when it never was
 * @param elsewhere the same for the fetches of origins that were on other nodes
 * @param share of the fetches that would have settled in the first 12 s at the rate before, percent
 */
record Recovery(Optional<Duration> all, Optional<Duration> elsewhere, double share) {
  /** Of the rate before. */
  static final double ENOUGH = 0.9;

  /** The rate before is that of so long before the blow. */
  private static final Duration BEFORE = Duration.ofSeconds(3);

  /** A rate is told by what settles in so long. */
  private static final Duration WINDOW = Duration.ofSeconds(2);

  private static final Duration STEP = Duration.ofMillis(100);
  private static final Duration FIRST = Duration.ofSeconds(12);

  /**
   * What became of each blow that one node got, until the next blow.
   *
   * @param strikes in order
   */
  static List<Recovery> of(Collection<FetchAnswer> fetches, List<Strike> strikes) {
    return Stream.iterate(0, i -> i < strikes.size(), i -> i + 1)
        .filter(i -> strikes.get(i).node().isPresent())
        .map(
            i ->
                of(
                    fetches,
                    strikes.get(i),
                    i + 1 < strikes.size() ? strikes.get(i + 1).at() : Instant.MAX))
        .toList();
  }

  private static Recovery of(Collection<FetchAnswer> fetches, Strike strike, Instant until) {
    var all = times(fetches.stream());
    var elsewhere = times(fetches.stream().filter(isElsewhere(fetches, strike)));
    var before = count(all, strike.at().minus(BEFORE), strike.at());
    var first = count(all, strike.at(), strike.at().plus(FIRST));
    var expected = (double) before * FIRST.toMillis() / BEFORE.toMillis();
    return new Recovery(
        back(all, strike.at(), until),
        back(elsewhere, strike.at(), until),
        expected == 0 ? Double.NaN : 100 * first / expected);
  }

  /** Those of shards whose attempts, as far as there were any, another node made last. */
  private static Predicate<FetchAnswer> isElsewhere(
      Collection<FetchAnswer> fetches, Strike strike) {
    var latest = new HashMap<Integer, FetchAnswer.Attempt>();
    for (var fetch : fetches) {
      for (var attempt : fetch.attempts()) {
        if (attempt.startedAt().isBefore(strike.at())) {
          latest.merge(
              Probes.shard(fetch.originId()),
              attempt,
              (one, other) -> one.startedAt().isAfter(other.startedAt()) ? one : other);
        }
      }
    }
    var node = strike.node().orElseThrow();
    var there = new HashSet<Integer>();
    latest.forEach(
        (shard, attempt) -> {
          if (attempt.isBy(node)) {
            there.add(shard);
          }
        });
    return fetch -> !there.contains(Probes.shard(fetch.originId()));
  }

  private static List<Instant> times(Stream<FetchAnswer> fetches) {
    return fetches.flatMap(fetch -> fetch.settledAt().stream()).sorted().toList();
  }

  private static Optional<Duration> back(List<Instant> settled, Instant blow, Instant until) {
    var before = count(settled, blow.minus(BEFORE), blow);
    var enough = ENOUGH * before * WINDOW.toMillis() / BEFORE.toMillis();
    if (before == 0) {
      return Optional.empty();
    }
    var last = settled.get(settled.size() - 1);
    for (var from = blow; !from.plus(WINDOW).isAfter(last); from = from.plus(STEP)) {
      if (!from.plus(WINDOW).isBefore(until)) {
        return Optional.empty();
      }
      if (count(settled, from, from.plus(WINDOW)) >= enough) {
        return Optional.of(Duration.between(blow, from));
      }
    }
    return Optional.empty();
  }

  private static long count(List<Instant> settled, Instant from, Instant until) {
    return settled.stream().filter(at -> !at.isBefore(from) && at.isBefore(until)).count();
  }
}
