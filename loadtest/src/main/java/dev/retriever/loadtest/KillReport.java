package dev.retriever.loadtest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The table of the kill tests, one line for each.
 *
 * @param notRun the names of those that could not be run
 */
record KillReport(List<KillResult> results, List<String> notRun) {
  KillReport {
    results = List.copyOf(results);
    notRun = List.copyOf(notRun);
  }

  /** No test at all is no success: then nothing is checked. */
  void into(ResultDraft draft) {
    var rows =
        draft.table(
            "Kill tests",
            "test",
            "size",
            "accepted",
            "settled",
            "lost",
            "unknown",
            "twice",
            "extra",
            "under way",
            "refused",
            "silent, s",
            "silent max, s",
            "last, s",
            "settle p50, ms",
            "settle p99, ms",
            "settle max, ms");
    for (var result : results) {
      row(result, rows);
      draft.promise(result.test(), result.kept(), result.kept() ? "ok" : "NOT OK", "as promised");
      result.complaints().forEach(each -> draft.complain(result.test() + ": " + each));
      result.verdict().complaint().lines().forEach(each -> draft.complain(result.test() + each));
    }
    for (var test : notRun) {
      draft.promise(test, false, "could not be run: NOT OK", "as promised");
    }
    draft.finding(
        "twice: duplicates that must not be; extra: hits repeated after a crash, as is allowed;"
            + " silent: from the blow until all shards answered, median and longest; last: from the"
            + " last blow until all settled that was accepted before it.");
  }

  private static void row(KillResult result, ResultDraft.Rows rows) {
    var total = result.verdict().total();
    var times = result.settleTimes();
    rows.row(
        result.test(),
        result.size(),
        total.accepted(),
        total.accepted() - total.lost(),
        total.lost(),
        total.settled("unknown"),
        result.verdict().count(Breach.Kind.DUPLICATE),
        result.extraHits(),
        result.underWay(),
        result.refused(),
        median(result.silences()).map(KillReport::seconds).orElse(null),
        result.silences().stream().max(Duration::compareTo).map(KillReport::seconds).orElse(null),
        result.lastSettled().map(KillReport::seconds).orElse(null),
        times.getValueAtPercentile(50),
        times.getValueAtPercentile(99),
        times.getMaxValue());
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
