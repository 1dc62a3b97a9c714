package dev.retriever.loadtest.crashes;

import dev.retriever.loadtest.crashes.KeyTimes.Period;
import dev.retriever.loadtest.ledger.LedgerVerdict;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * The figures of callbacks, and what must hold of them.
 *
 * @param told all that came
 * @param pending callbacks that the endpoint still had in the end
 * @param dead callbacks that were given up
 * @param unreadable messages that were not JSON
 * @param repeatedCalls calls that clients made once more
 */
record CallbackReport(
    CallbackTally tally,
    List<ToldOutcome> told,
    Instant began,
    List<Kill> kills,
    long pending,
    long dead,
    int unreadable,
    int repeatedCalls) {
  private static final int WINDOW_SECONDS = 5;

  /**
   * A kill.
   *
   * @param isStruck whether the process ran before, and was gone afterwards
   * @param accepted fetches accepted by then
   */
  record Kill(String node, Instant at, boolean isStruck, int accepted) {}

  /** What the run was to do. */
  record Sizes(int fetches, int kills) {}

  void into(ResultDraft draft, Sizes sizes, LedgerVerdict verdict) {
    var times = times();
    draft
        .table("Callbacks while nodes are killed")
        .cell("outcomes", tally.outcomes())
        .cell("messages", told.size())
        .cell("callbacks/s", perSecond())
        .cell("most in 5 s, 1/s", most())
        .cell("to receipt p50, ms", Phase.millis(times, 50))
        .cell("p99, ms", Phase.millis(times, 99))
        .cell("max, ms", Phase.millis(times, 100))
        .cell("came again", tally.again())
        .cell("of these after they were taken", tally.takenAgain())
        .cell("kills", kills.size())
        .cell("calls made again", repeatedCalls);
    killTable(draft);
    plot(draft);
    checks(draft, sizes);
    draft.ledger("told", verdict);
    draft.finding(
        "%d outcomes were told under %d ids in %d messages, through %d kills and a change of keys; half"
            + " came within %.0f ms of their settlement, one in a hundred after more than %.0f ms.",
        tally.outcomes(),
        tally.ids(),
        told.size(),
        kills.size(),
        Phase.millis(times, 50),
        Phase.millis(times, 99));
  }

  private void checks(ResultDraft draft, Sizes sizes) {
    var fetches = sizes.fetches();
    draft.promise("outcomes", tally.outcomes() == fetches, tally.outcomes(), "" + fetches);
    draft.promise("ids of messages", tally.ids() == fetches, tally.ids(), "" + fetches);
    none(draft, "outcomes that were not told", tally.untold());
    none(draft, "outcomes under several ids", tally.severalIds());
    none(draft, "ids of several outcomes", tally.sharedIds());
    none(draft, "messages without an outcome", tally.unfounded() + unreadable);
    none(draft, "messages that tell it otherwise", tally.otherwise());
    none(draft, "signatures that are not genuine", tally.unverified());
    none(draft, "messages with the keys of another time", tally.wrongKeys());
    none(draft, "origins with a gap in their sequence", tally.incomplete());
    none(draft, "callbacks that were given up", dead);
    none(draft, "callbacks that are pending in the end", pending);
    for (var period : List.of(Period.OLD, Period.BOTH, Period.NEW)) {
      var came = tally.periods().getOrDefault(period, 0L);
      draft.promise("messages with " + period.words(), came > 0, came, "some");
    }
    var struck = kills.stream().filter(Kill::isStruck).count();
    draft.promise("kills that struck", struck == sizes.kills(), struck, "" + sizes.kills());
    draft.atLeast(
        "callbacks that were under way at a kill, in all",
        kills.stream().mapToLong(this::underWay).sum(),
        "",
        1);
  }

  private static void none(ResultDraft draft, String name, long count) {
    draft.promise(name, count == 0, count, "none");
  }

  private void killTable(ResultDraft draft) {
    var rows = draft.table("Kills", "node", "at, s", "accepted", "settled and not told");
    kills.forEach(
        kill -> rows.row(kill.node(), seconds(kill.at()), kill.accepted(), underWay(kill)));
  }

  /** Outcomes that had settled and of which no message had come. */
  private long underWay(Kill kill) {
    var before =
        told.stream()
            .filter(it -> it.at().isBefore(kill.at()))
            .map(ToldOutcome::fetchId)
            .collect(Collectors.toSet());
    return told.stream()
        .filter(it -> it.settledAt().isBefore(kill.at()))
        .map(ToldOutcome::fetchId)
        .distinct()
        .filter(it -> !before.contains(it))
        .count();
  }

  private double seconds(Instant at) {
    return Duration.between(began, at).toMillis() / 1e3;
  }

  /** From the settlement of each outcome until its first message, in microseconds. */
  private Histogram times() {
    var times = Phase.histogram();
    var first = new HashSet<String>();
    for (var each : told) {
      if (first.add(each.fetchId())) {
        var micros = Duration.between(each.settledAt(), each.at()).toNanos() / 1_000;
        Phase.recordMicros(times, micros);
      }
    }
    return times;
  }

  private double perSecond() {
    var last = told.stream().map(ToldOutcome::at).max(Instant::compareTo).orElse(began);
    return tally.outcomes() / Math.max(1e-3, seconds(last));
  }

  private TreeMap<Long, Long> windows() {
    return told.stream()
        .collect(
            Collectors.groupingBy(
                it -> (long) (seconds(it.at()) / WINDOW_SECONDS),
                TreeMap::new,
                Collectors.counting()));
  }

  private double most() {
    return windows().values().stream().mapToLong(it -> it).max().orElse(0)
        / (double) WINDOW_SECONDS;
  }

  private void plot(ResultDraft draft) {
    var plot =
        draft.plot(
            Plot.lines(
                "callbacks",
                "Callbacks a second, and kills",
                Plot.axis("s"),
                Plot.axis("callbacks/s")));
    var points = plot.add("callbacks/s");
    var windows = windows();
    for (var i = 0L; !windows.isEmpty() && i <= windows.lastKey(); i++) {
      points.add(
          new Plot.Point(
              (i + 0.5) * WINDOW_SECONDS, windows.getOrDefault(i, 0L) / (double) WINDOW_SECONDS));
    }
    kills.forEach(kill -> plot.mark(seconds(kill.at()), "kill"));
  }
}
