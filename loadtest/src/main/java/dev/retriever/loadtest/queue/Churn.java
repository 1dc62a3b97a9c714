package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.kills.Recovery;
import dev.retriever.loadtest.ledger.FetchAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What followed when a node went away under load.
 *
 * @param underWay fetches that had been accepted and had not settled, anywhere
 * @param there of these, those with an attempt of that node's executors
 * @param first the time until a fetch settled
 * @param firstThere the time until one settled that had an attempt there
 * @param back the time until settlements reached 90 % of the earlier rate; empty if they did not
 *     before the next node went
 */
record Churn(
    Gone gone,
    long underWay,
    long there,
    Optional<Duration> first,
    Optional<Duration> firstThere,
    Optional<Duration> back) {

  /**
   * A node that was killed or stopped.
   *
   * @param role of the node
   * @param node its {@code host:port}
   * @param killed false when it was asked to stop
   */
  record Gone(String role, String node, boolean killed, Instant at) {
    String words() {
      return (killed ? "kill -9" : "SIGTERM") + " of " + role + " node";
    }
  }

  /**
   * @param all in order
   */
  static List<Churn> of(Collection<FetchAnswer> fetches, List<Gone> all) {
    var settled = times(fetches.stream());
    return IntStream.range(0, all.size())
        .mapToObj(
            i ->
                of(
                    fetches,
                    settled,
                    all.get(i),
                    i + 1 < all.size() ? all.get(i + 1).at() : Instant.MAX))
        .toList();
  }

  private static Churn of(
      Collection<FetchAnswer> fetches, List<Instant> settled, Gone gone, Instant until) {
    var underWay = fetches.stream().filter(fetch -> wasUnderWay(fetch, gone.at())).toList();
    var there = underWay.stream().filter(fetch -> wasThere(fetch, gone)).toList();
    return new Churn(
        gone,
        underWay.size(),
        there.size(),
        first(settled, gone.at(), until),
        first(times(there.stream()), gone.at(), until),
        Recovery.back(settled, gone.at(), until));
  }

  private static List<Instant> times(Stream<FetchAnswer> fetches) {
    return fetches.flatMap(fetch -> fetch.settledAt().stream()).sorted().toList();
  }

  private static boolean wasUnderWay(FetchAnswer fetch, Instant at) {
    return fetch.acceptedAt().isBefore(at)
        && fetch.settledAt().filter(settled -> settled.isBefore(at)).isEmpty();
  }

  private static boolean wasThere(FetchAnswer fetch, Gone gone) {
    return fetch.attempts().stream()
        .anyMatch(attempt -> attempt.underWay(Optional.of(gone.node()), gone.at()));
  }

  private static Optional<Duration> first(List<Instant> settled, Instant from, Instant until) {
    return settled.stream()
        .filter(at -> !at.isBefore(from) && at.isBefore(until))
        .findFirst()
        .map(at -> Duration.between(from, at));
  }
}
