package dev.retriever.loadtest.kills;

import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.ResultDraft;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** How soon queues let fetches go again after strikes, one line for each strike, and the bar. */
record GrantReport(List<KillResult> all) {
  /** From when the queue is back and a slot is free, which no attempt that was given up holds. */
  private static final double GRANT_SECONDS = 3;

  void into(ResultDraft draft) {
    var results = all.stream().filter(it -> !it.firstGrants().isEmpty()).toList();
    if (results.isEmpty()) {
      return;
    }
    var rows = draft.table("Queues after each strike");
    var plot =
        draft.plot(
            Plot.lines(
                "grants",
                "From a free slot until the first grant, by strikes",
                Plot.axis("strike"),
                Plot.axis("s")));
    for (var result : results) {
      var grants = result.firstGrants();
      var points = plot.add(result.test());
      for (var i = 0; i < grants.size(); i++) {
        var grant = grants.get(i);
        rows.next()
            .cell("test", result.test())
            .cell("strike", i + 1)
            .cell("queue back, s", seconds(grant.back()))
            .cell("all slots lingered", grant.lingered() ? "yes" : "no")
            .cell("a slot was free, s", seconds(grant.free()))
            .cell("first grant after that, s", seconds(grant.grant()));
        if (grant.grant().isPresent()) {
          points.add(new Plot.Point(i + 1, seconds(grant.grant())));
        }
      }
      check(result, draft);
    }
    var last = results.stream().mapToInt(it -> it.firstGrants().size()).max().orElse(1);
    plot.ideal(
        "asked", IntStream.of(1, last).mapToObj(i -> new Plot.Point(i, GRANT_SECONDS)).toList());
  }

  private static void check(KillResult result, ResultDraft draft) {
    var grants = result.firstGrants();
    var longest = longest(grants, FirstGrant::grant);
    var inVain = grants.stream().map(FirstGrant::inVain).max(Duration::compareTo).orElseThrow();
    draft.promise(
        result.test() + ": nothing waits in vain beside a free slot after a strike",
        seconds(inVain) <= GRANT_SECONDS,
        seconds(inVain),
        "at most %.0f s without a grant until the next strike".formatted(GRANT_SECONDS));
    longest.ifPresent(
        it ->
            draft.atMost(
                result.test() + ": first grant after the queue is back and a slot is free",
                seconds(it),
                "s",
                GRANT_SECONDS));
    draft.finding(
        "%s: after %d strikes the queue answered again within %s, and its first grant came at most %s"
            + " after a slot was free; in %d of them all slots lingered meanwhile.",
        result.test(),
        grants.size(),
        words(longest(grants, FirstGrant::back)),
        words(longest),
        grants.stream().filter(FirstGrant::lingered).count());
  }

  private static Optional<Duration> longest(
      List<FirstGrant> grants, Function<FirstGrant, Optional<Duration>> of) {
    return grants.stream().flatMap(it -> of.apply(it).stream()).max(Duration::compareTo);
  }

  private static Double seconds(Optional<Duration> time) {
    return time.map(GrantReport::seconds).orElse(null);
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1e3;
  }

  private static String words(Optional<Duration> time) {
    return time.map(it -> "%.1f s".formatted(seconds(it))).orElse("– never");
  }
}
