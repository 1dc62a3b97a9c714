package dev.retriever.loadtest.kills;

import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.result.Plot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Settlements before and after strikes at one node, by the seconds from the strike: the mean of all
 * strikes of a test, in percent of the rate before.
 */
final class RecoveryCurve {
  private static final int BEFORE_SECONDS = 5;
  private static final int AFTER_SECONDS = 40;

  private RecoveryCurve() {}

  /**
   * Seconds that no strike had before the next one are left out.
   *
   * @param strikes in order
   */
  static List<Plot.Point> of(Collection<FetchAnswer> fetches, List<Strike> strikes) {
    var settled = fetches.stream().flatMap(it -> it.settledAt().stream()).sorted().toList();
    // After it there is no load, and so no rate.
    var end =
        fetches.stream().map(FetchAnswer::acceptedAt).max(Instant::compareTo).orElse(Instant.MIN);
    var before = mean(settled, strikes, end, -BEFORE_SECONDS, BEFORE_SECONDS);
    var points = new ArrayList<Plot.Point>();
    if (settled.isEmpty() || !(before > 0)) {
      return points;
    }
    for (var second = -BEFORE_SECONDS; second < AFTER_SECONDS; second++) {
      var rate = mean(settled, strikes, end, second, 1);
      if (!Double.isNaN(rate)) {
        points.add(new Plot.Point(second + 0.5, 100 * rate / before));
      }
    }
    return points;
  }

  /** Settlements a second in so many seconds from this one on; NaN if no strike has them. */
  private static double mean(
      List<Instant> settled, List<Strike> strikes, Instant end, int second, int seconds) {
    var sum = 0L;
    var of = 0;
    for (var i = 0; i < strikes.size(); i++) {
      var from = strikes.get(i).at().plusSeconds(second);
      var until = from.plus(Duration.ofSeconds(seconds));
      var next = i + 1 < strikes.size() ? strikes.get(i + 1).at() : end;
      if (strikes.get(i).node().isPresent() && !until.isAfter(next)) {
        sum += settled.stream().filter(at -> !at.isBefore(from) && at.isBefore(until)).count();
        of++;
      }
    }
    return of == 0 ? Double.NaN : (double) sum / of / seconds;
  }
}
