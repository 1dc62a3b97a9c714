package dev.retriever.loadtest.rates;

import dev.retriever.loadtest.rates.Timed.Part;
import dev.retriever.loadtest.result.Grade;
import dev.retriever.loadtest.result.Headline;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Phase;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The figures of {@link Rates}: the search, latency at each rate, and what p99 consists of.
 *
 * @param percent of the highest rate, one for each run
 */
record RatesReport(RateSearch search, List<Integer> percent, List<AtRate.Run> runs, Pauses pauses) {
  private static final Grade.Bar P99_MS = Grade.Bar.atMost(100, 500);
  private static final List<Double> SHOWN = List.of(50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99);
  private static final int SLOWEST_NAMED = 2;

  void into(Context context) {
    var draft = context.draft();
    trials(draft);
    draft.atLeast(
        "the highest rate that was sustained, of %d".formatted(search.tried().size()),
        runs.isEmpty() ? 0 : runs.get(runs.size() - 1).offered(),
        "1/s",
        1);
    if (runs.isEmpty()) {
      draft.finding("No rate was sustained for the whole time; the trials say why not.");
      return;
    }
    latencies(draft);
    parts(draft);
    plots(draft);
    for (var i = 0; i < runs.size(); i++) {
      draft.failures(percent.get(i) + " %", runs.get(i).driven());
      draft.graded(
          "p99 at %d %%, %.0f a second".formatted(percent.get(i), runs.get(i).offered()),
          Phase.millis(runs.get(i).fromDue(), 99),
          "ms",
          P99_MS);
    }
    answers(draft, context.size("time"));
    consists(draft);
  }

  private void trials(ResultDraft draft) {
    var rows = draft.table("The search of the highest rate");
    for (var trial : search.tried()) {
      rows.next()
          .cell("offered, 1/s", trial.rate())
          .cell("for, s", trial.seconds())
          .cell("sustained", trial.sustained() ? "yes" : "no")
          .cell("why not", trial.why().isEmpty() ? "–" : trial.why());
    }
  }

  private void latencies(ResultDraft draft) {
    var rows = draft.table("From when a fetch was due until its outcome");
    for (var i = 0; i < runs.size(); i++) {
      var run = runs.get(i);
      rows.next()
          .cell("of the highest rate, %", percent.get(i))
          .cell("offered, 1/s", run.offered())
          .cell("settled, 1/s", run.perSecond())
          .cell("fetches", run.driven().ended())
          .cell("p50, ms", Phase.millis(run.fromDue(), 50))
          .cell("p90, ms", Phase.millis(run.fromDue(), 90))
          .cell("p99, ms", Phase.millis(run.fromDue(), 99))
          .cell("p99.9, ms", Phase.millis(run.fromDue(), 99.9))
          .cell("max, ms", Phase.millis(run.fromDue(), 100))
          .cell("p99 from the sending, ms", Phase.millis(run.fromSent(), 99))
          .cell("longest pause of the collector, ms", longestPause(run));
    }
  }

  private double longestPause(AtRate.Run run) {
    return run.fetches().isEmpty()
        ? Double.NaN
        : pauses.longestMillis(
            run.fetches().get(0).due(), run.fetches().get(run.fetches().size() - 1).heard());
  }

  private void parts(ResultDraft draft) {
    var rows = draft.table("What p50 and p99 consist of: means of the fetches around it, ms");
    for (var i = 0; i < runs.size(); i++) {
      for (var percentile : List.of(50.0, 99.0)) {
        var near = Timed.near(percentile, runs.get(i).fetches());
        var row =
            rows.next()
                .cell("of the highest rate, %", percent.get(i))
                .cell("around", String.format(Locale.ROOT, "p%.0f", percentile))
                .cell("fetches", near.size());
        Timed.around(percentile, runs.get(i).fetches())
            .forEach((part, millis) -> row.cell(part.words(), millis));
        row.cell("of all, pauses of the collector", pauses.meanMillis(near));
      }
    }
  }

  private void plots(ResultDraft draft) {
    var tails =
        draft.plot(
            Plot.lines(
                "percentiles",
                "Time until the outcome: one of so many fetches takes longer",
                Plot.log("one of"),
                Plot.log("ms")));
    var labels = Arrays.stream(Part.values()).map(Part::words).toList();
    var parts = draft.plot(Plot.bars("parts", "What p99 consists of", Plot.axis("ms"), labels));
    for (var i = 0; i < runs.size(); i++) {
      var run = runs.get(i);
      var name = String.format(Locale.ROOT, "%d %%, %.0f/s", percent.get(i), run.offered());
      var points = tails.add(name);
      SHOWN.forEach(
          at -> points.add(new Plot.Point(100 / (100 - at), Phase.millis(run.fromDue(), at))));
      parts.add(name, List.copyOf(Timed.around(99, run.fetches()).values()));
    }
  }

  private void answers(ResultDraft draft, int seconds) {
    var full = runs.get(runs.size() - 1);
    var half = runs.get(0);
    draft.answer(
        Headline.RATE,
        "**%.0f** quick fetches a second on one node over the HTTP API, each journaled twice: the highest rate"
            + " that it sustained, for %d s.",
        full.offered(),
        seconds);
    draft.answer(
        Headline.LATE,
        "**%.0f ms** from when a fetch was due until its outcome at %.0f fetches a second, half of the highest"
            + " rate; **%.0f ms** at the full rate of %.0f.",
        Phase.millis(half.fromDue(), 99),
        half.offered(),
        Phase.millis(full.fromDue(), 99),
        full.offered());
  }

  private void consists(ResultDraft draft) {
    for (var i = 0; i < runs.size(); i++) {
      var near = Timed.near(99, runs.get(i).fetches());
      var parts = Timed.around(99, runs.get(i).fetches());
      var whole = parts.values().stream().mapToDouble(it -> it).sum();
      draft.finding(
          "At %d %% (%.0f a second) p99 is %.1f ms. %s. Pauses of the collector are %.1f ms of it.",
          percent.get(i),
          runs.get(i).offered(),
          Phase.millis(runs.get(i).fromDue(), 99),
          slowest(parts, whole),
          pauses.meanMillis(near));
    }
  }

  private static String slowest(Map<Part, Double> parts, double whole) {
    return parts.entrySet().stream()
        .sorted(Map.Entry.<Part, Double>comparingByValue(Comparator.reverseOrder()))
        .limit(SLOWEST_NAMED)
        .map(
            it ->
                String.format(
                    Locale.ROOT,
                    "%.0f %% of it is the time %s",
                    100 * it.getValue() / whole,
                    it.getKey().words()))
        .collect(Collectors.joining(", "));
  }
}
