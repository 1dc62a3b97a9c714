package dev.retriever.loadtest.kills;

import dev.retriever.loadtest.ledger.Breach;
import dev.retriever.loadtest.result.Headline;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.ResultDraft;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The table of the kill tests, one line for each.
 *
 * @param notRun the names of those that could not be run
 */
record KillReport(List<KillResult> results, List<String> notRun) {
  /** The test that answers what the death of a node costs. */
  private static final String ANSWERS = "each";

  KillReport {
    results = List.copyOf(results);
    notRun = List.copyOf(notRun);
  }

  /** Without any test nothing is checked, and the result is not kept. */
  void into(ResultDraft draft) {
    var rows = draft.table("Kill tests");
    for (var result : results) {
      row(result, rows);
      draft.promise(result.test(), result.kept(), result.kept() ? "ok" : "NOT OK", "as promised");
      result.complaints().forEach(each -> draft.complain(result.test() + ": " + each));
      result.verdict().complaint().lines().forEach(each -> draft.complain(result.test() + each));
    }
    for (var test : notRun) {
      draft.promise(test, false, "could not be run: NOT OK", "as promised");
    }
    new GrantReport(results).into(draft);
    plot(draft);
    results.stream().filter(it -> it.test().equals(ANSWERS)).forEach(it -> answer(it, draft));
    draft.finding(
        "twice: forbidden duplicates; extra: hits repeated after a crash, as is allowed; silent: the"
            + " time from a strike until all shards answered, median and longest; last: the time from"
            + " the last strike until all fetches accepted before it had settled; rate back: the time"
            + " from a strike at one node until settlements within 2 s reach 90 % of the rate in the"
            + " 3 s before it, median; elsewhere: the same for origins on other nodes; first there: the"
            + " time until the first fetch settled of an origin that was on the struck node; in 12 s:"
            + " settlements in that time, in percent of those at the earlier rate.");
    results.forEach(
        result ->
            result.recoveries().stream()
                .map(KillReport::words)
                .reduce((one, other) -> one + "; " + other)
                .ifPresent(
                    words ->
                        draft.finding("%s: the rate was back after %s.", result.test(), words)));
  }

  private void plot(ResultDraft draft) {
    if (results.stream().allMatch(it -> it.curve().isEmpty())) {
      return;
    }
    var plot =
        draft.plot(
            Plot.lines(
                "recovery",
                "Settlements after one node was struck, mean of the strikes",
                Plot.axis("seconds from the strike"),
                Plot.axis("% of the rate before")));
    results.stream()
        .filter(it -> !it.curve().isEmpty())
        .forEach(it -> plot.add(it.test()).addAll(it.curve()));
    var x = results.stream().flatMap(it -> it.curve().stream()).mapToDouble(Plot.Point::x);
    var range = x.summaryStatistics();
    plot.ideal(
        "the rate before",
        List.of(new Plot.Point(range.getMin(), 100), new Plot.Point(range.getMax(), 100)));
    plot.mark(0, "struck");
  }

  private static void answer(KillResult result, ResultDraft draft) {
    var total = result.verdict().total();
    draft.answer(
        Headline.DEATH,
        "**%,d of %,d** accepted fetches were lost and %d sent twice; %d POSTs without a key that were"
            + " under way there became `unknown`. Its origins answered again after %s (longest %s); the"
            + " rate of all was back after %s, median of %d kills of one of three nodes.",
        total.lost(),
        total.accepted(),
        result.verdict().count(Breach.Kind.DUPLICATE),
        total.settled("unknown"),
        words(median(result.silences())),
        words(result.silences().stream().max(Duration::compareTo)),
        words(median(result.recoveries().stream().flatMap(it -> it.all().stream()).toList())),
        result.recoveries().size());
  }

  private static String words(Recovery recovery) {
    return "%s (elsewhere %s, first there %s; %.0f %% in 12 s)"
        .formatted(
            words(recovery.all()),
            words(recovery.elsewhere()),
            words(recovery.first()),
            recovery.share());
  }

  private static String words(Optional<Duration> time) {
    return time.map(it -> "%.1f s".formatted(seconds(it))).orElse("– never");
  }

  private static void row(KillResult result, ResultDraft.Rows rows) {
    var total = result.verdict().total();
    var times = result.settleTimes();
    rows.next()
        .cell("test", result.test())
        .cell("size", result.size())
        .cell("accepted", total.accepted())
        .cell("settled", total.accepted() - total.lost())
        .cell("lost", total.lost())
        .cell("unknown", total.settled("unknown"))
        .cell("twice", result.verdict().count(Breach.Kind.DUPLICATE))
        .cell("extra", result.extraHits())
        .cell("under way", result.underWay())
        .cell("refused", result.refused())
        .cell("silent, s", median(result.silences()).map(KillReport::seconds).orElse(null))
        .cell(
            "silent max, s",
            result.silences().stream()
                .max(Duration::compareTo)
                .map(KillReport::seconds)
                .orElse(null))
        .cell("last, s", result.lastSettled().map(KillReport::seconds).orElse(null))
        .cell("first there, s", back(result, Recovery::first))
        .cell("rate back, s", back(result, Recovery::all))
        .cell("rate back elsewhere, s", back(result, Recovery::elsewhere))
        .cell("of the rate in 12 s, %", share(result))
        .cell("settle p50, ms", times.getValueAtPercentile(50))
        .cell("settle p99, ms", times.getValueAtPercentile(99))
        .cell("settle max, ms", times.getMaxValue());
  }

  /** The median over the kills after which the rate came back. */
  private static Double back(KillResult result, Function<Recovery, Optional<Duration>> part) {
    var all = result.recoveries().stream().flatMap(it -> part.apply(it).stream()).toList();
    return median(all).map(KillReport::seconds).orElse(null);
  }

  private static Double share(KillResult result) {
    var all =
        result.recoveries().stream()
            .map(Recovery::share)
            .filter(share -> !share.isNaN())
            .sorted()
            .toList();
    return all.isEmpty() ? null : all.get((all.size() - 1) / 2);
  }

  static Optional<Duration> median(List<Duration> times) {
    return times.isEmpty()
        ? Optional.empty()
        : Optional.of(times.stream().sorted().toList().get((times.size() - 1) / 2));
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1e3;
  }
}
