package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The figures of nodes that came and went, one line for each that went, and the bars.
 *
 * @param failed calls of the clients that failed
 */
record ChurnReport(List<Churn> all, int failed) {
  private static final double BACK_SECONDS = 20;
  private static final double STOPPED_BACK_SECONDS = 5;

  void into(TestBed stage) throws IOException {
    var draft = stage.draft();
    var rows = draft.table("Nodes that went under load");
    var plot =
        draft.plot(
            Plot.lines(
                "back",
                "Until the rate was back, by nodes that went",
                Plot.axis("node"),
                Plot.axis("s")));
    var points = plot.add("90 % of the rate");
    var firsts = plot.add("first settlement");
    for (var i = 0; i < all.size(); i++) {
      var churn = all.get(i);
      rows.next()
          .cell("what", churn.gone().words())
          .cell("at, s", seconds(Duration.between(all.get(0).gone().at(), churn.gone().at())))
          .cell("under way", churn.underWay())
          .cell("of these there", churn.there())
          .cell("first settled, s", seconds(churn.first()))
          .cell("first of those there, s", seconds(churn.firstThere()))
          .cell("90 % of the rate, s", seconds(churn.back()));
      add(points, i + 1, churn.back());
      add(firsts, i + 1, churn.first());
    }
    var verdict = stage.verdict();
    draft.ledger("all", verdict);
    var hit = all.stream().filter(churn -> churn.underWay() > 0).count();
    draft.promise(
        "nodes went while fetches were under way", hit == all.size(), hit, "all " + all.size());
    draft.promise(
        "fetches settle after each node that went",
        all.stream().allMatch(churn -> churn.first().isPresent()),
        all.stream().filter(churn -> churn.first().isPresent()).count(),
        "all " + all.size());
    bar(true, BACK_SECONDS, stage);
    bar(false, STOPPED_BACK_SECONDS, stage);
    draft.finding(
        "%d nodes were killed and %d stopped at random moments: %d of %d fetches came to be unknown, none"
            + " but POSTs without a key; %d calls of clients failed.",
        all.stream().filter(churn -> churn.gone().killed()).count(),
        all.stream().filter(churn -> !churn.gone().killed()).count(),
        verdict.total().settled("unknown"),
        verdict.total().accepted(),
        failed);
  }

  private void bar(boolean killed, double limit, TestBed stage) {
    var of = all.stream().filter(churn -> churn.gone().killed() == killed).toList();
    if (of.isEmpty()) {
      return;
    }
    var never = of.stream().filter(churn -> churn.back().isEmpty()).count();
    var longest = of.stream().flatMap(churn -> churn.back().stream()).max(Duration::compareTo);
    stage
        .draft()
        .atMost(
            "until 90 %% of the rate after a %s, longest of %d"
                .formatted(killed ? "kill" : "stop", of.size()),
            never > 0 ? Double.POSITIVE_INFINITY : longest.map(ChurnReport::seconds).orElseThrow(),
            "s",
            limit);
    if (never > 0) {
      stage.draft().complain("the rate was not back after %d of them".formatted(never));
    }
  }

  private static void add(List<Plot.Point> points, int at, Optional<Duration> time) {
    time.ifPresent(it -> points.add(new Plot.Point(at, seconds(it))));
  }

  private static Double seconds(Optional<Duration> time) {
    return time.map(ChurnReport::seconds).orElse(null);
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1e3;
  }
}
