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
 * How the rate of settlements recovered after a kill of one node.
 *
 * @param all the time until the rate was back; empty if it never was
 * @param elsewhere the same for fetches of origins on other nodes
 * @param first the time until the first fetch settled of an origin that was on the struck node
 * @param share settlements in the first 12 s, in percent of those at the rate before
 */
public record Recovery(
    Optional<Duration> all, Optional<Duration> elsewhere, Optional<Duration> first, double share) {
  /** The part of the earlier rate that counts as recovered. */
  static final double ENOUGH = 0.9;

  /** The time before the kill over which the earlier rate is measured. */
  private static final Duration BEFORE = Duration.ofSeconds(3);

  /** The time over which the rate afterwards is measured. */
  private static final Duration WINDOW = Duration.ofSeconds(2);

  private static final Duration STEP = Duration.ofMillis(100);
  private static final Duration FIRST = Duration.ofSeconds(12);

  /**
   * The recovery after each kill of one node, until the next kill.
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
    var isElsewhere = isElsewhere(fetches, strike);
    var elsewhere = times(fetches.stream().filter(isElsewhere));
    var there = times(fetches.stream().filter(isElsewhere.negate()));
    var before = count(all, strike.at().minus(BEFORE), strike.at());
    var first = count(all, strike.at(), strike.at().plus(FIRST));
    var expected = (double) before * FIRST.toMillis() / BEFORE.toMillis();
    return new Recovery(
        back(all, strike.at(), until),
        back(elsewhere, strike.at(), until),
        there.stream()
            .filter(at -> at.isAfter(strike.at()) && at.isBefore(until))
            .findFirst()
            .map(at -> Duration.between(strike.at(), at)),
        expected == 0 ? Double.NaN : 100 * first / expected);
  }

  /** Fetches of shards whose latest attempts were made by another node. */
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

  /**
   * The time from a strike until settlements within 2 s reach 90 % of the rate in the 3 s before
   * it; empty if they do not before a moment.
   *
   * @param settled in order
   */
  public static Optional<Duration> back(List<Instant> settled, Instant strike, Instant until) {
    var before = count(settled, strike.minus(BEFORE), strike);
    var enough = ENOUGH * before * WINDOW.toMillis() / BEFORE.toMillis();
    if (before == 0) {
      return Optional.empty();
    }
    var last = settled.get(settled.size() - 1);
    for (var from = strike; !from.plus(WINDOW).isAfter(last); from = from.plus(STEP)) {
      if (!from.plus(WINDOW).isBefore(until)) {
        return Optional.empty();
      }
      if (count(settled, from, from.plus(WINDOW)) >= enough) {
        return Optional.of(Duration.between(strike, from));
      }
    }
    return Optional.empty();
  }

  private static long count(List<Instant> settled, Instant from, Instant until) {
    return settled.stream().filter(at -> !at.isBefore(from) && at.isBefore(until)).count();
  }
}
