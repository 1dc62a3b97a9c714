package dev.retriever.loadtest.kills;

import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.ledger.Hits;
import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.ledger.LedgerVerdict;
import dev.retriever.loadtest.result.Plot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * The result of one kill test.
 *
 * @param size the extent of the test, in words
 * @param underWay attempts that were in flight where and when a kill struck
 * @param extraHits hits without an answer in the journal, such as repetitions after a crash
 * @param silences the times from each kill until every shard answered again
 * @param lastSettled the time from the last kill until all fetches accepted before it had settled
 * @param recoveries the recovery of the rate after each kill of one node
 * @param firstGrants of tests with a queue, what followed each strike at one node
 * @param curve settlements around the kills of one node, for a plot
 * @param settleTimes from acceptance to settlement, in milliseconds
 * @param refused submissions that callers had to repeat
 * @param complaints broken promises besides the ledger's breaches
 */
record KillResult(
    String test,
    String size,
    LedgerVerdict verdict,
    long underWay,
    long extraHits,
    List<Duration> silences,
    Optional<Duration> lastSettled,
    List<Recovery> recoveries,
    List<FirstGrant> firstGrants,
    List<Plot.Point> curve,
    Histogram settleTimes,
    int refused,
    List<String> complaints) {

  /**
   * All observations of a test.
   *
   * @param settlements rows in the journal that settle a fetch
   * @param quiet the times in which fetches had to settle by themselves
   * @param firstGrants of its queue, if it has one
   * @param refused submissions that callers had to repeat
   * @param faults failures that the ledger cannot know
   */
  record Seen(
      Ledger ledger,
      Map<String, Map<Integer, Integer>> hits,
      List<Hits.Early> early,
      long settlements,
      List<Strike> strikes,
      List<Duration> silences,
      List<Quiet> quiet,
      List<FirstGrant> firstGrants,
      int refused,
      List<String> faults) {}

  /**
   * A time without any call to a node.
   *
   * @param accepted fetches accepted before this moment
   * @param asked must have settled before this one, when the first was read
   */
  record Quiet(Instant accepted, Instant asked) {
    long awakened(Collection<FetchAnswer> fetches) {
      return fetches.stream()
          .filter(fetch -> fetch.acceptedAt().isBefore(accepted))
          .filter(fetch -> fetch.settledAt().filter(at -> !at.isBefore(asked)).isPresent())
          .count();
    }
  }

  static KillResult of(String test, String size, Seen seen) {
    var fetches = seen.ledger().latest();
    return new KillResult(
        test,
        size,
        seen.ledger().verdict(seen.hits(), seen.early()),
        seen.strikes().stream().mapToLong(strike -> strike.underWay(fetches)).sum(),
        fetches.stream().mapToLong(fetch -> extra(fetch, seen.hits())).sum(),
        seen.silences(),
        lastSettled(fetches, seen.strikes()),
        Recovery.of(fetches, seen.strikes()),
        seen.firstGrants(),
        RecoveryCurve.of(fetches, seen.strikes()),
        settleTimes(fetches),
        seen.refused(),
        complaints(fetches, seen));
  }

  boolean kept() {
    return verdict.kept() && complaints.isEmpty();
  }

  private static List<String> complaints(List<FetchAnswer> fetches, Seen seen) {
    var complaints = new ArrayList<>(seen.faults());
    if (seen.strikes().isEmpty()) {
      complaints.add("nothing was struck");
    }
    seen.strikes().forEach(strike -> complaints.addAll(strike.missed(fetches)));
    complaints.addAll(Strike.idle(seen.strikes(), fetches));
    if (seen.settlements() != fetches.size()) {
      complaints.add(
          "%d fetches were accepted, but the journal has %d settlements"
              .formatted(fetches.size(), seen.settlements()));
    }
    for (var quiet : seen.quiet()) {
      var awakened = quiet.awakened(fetches);
      if (awakened > 0) {
        complaints.add(awakened + " fetches did not settle before they were read");
      }
    }
    return List.copyOf(complaints);
  }

  private static long extra(FetchAnswer fetch, Map<String, Map<Integer, Integer>> hits) {
    var all = hits.getOrDefault(fetch.id(), Map.of()).values().stream().mapToInt(n -> n).sum();
    var answered = fetch.attempts().stream().filter(it -> it.status().isPresent()).count();
    return Math.max(0, all - Math.max(1, answered));
  }

  private static Optional<Duration> lastSettled(List<FetchAnswer> fetches, List<Strike> strikes) {
    if (strikes.isEmpty()) {
      return Optional.empty();
    }
    var at = strikes.get(strikes.size() - 1).at();
    return fetches.stream()
        .filter(fetch -> fetch.acceptedAt().isBefore(at))
        .flatMap(fetch -> fetch.settledAt().stream())
        .max(Instant::compareTo)
        .map(last -> Duration.between(at, last));
  }

  private static Histogram settleTimes(List<FetchAnswer> fetches) {
    var times = new Histogram(3);
    for (var fetch : fetches) {
      fetch
          .settledAt()
          .map(at -> Duration.between(fetch.acceptedAt(), at).toMillis())
          .ifPresent(millis -> times.recordValue(Math.max(0, millis)));
    }
    return times;
  }
}
