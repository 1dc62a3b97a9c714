package dev.retriever.loadtest.walls;

import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.result.Headline;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.ResultDraft;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Says for each ramp what was held together, where, and what gave first. */
record WallReport(List<Ramp.Result> results) {
  /** With fewer, the heap of a node differs more by what it does besides. */
  private static final int ENOUGH = 1_000;

  void into(ResultDraft draft) {
    walls(draft);
    steps(draft);
    plot(draft);
    for (var result : results) {
      var of = result.plan().where() + ", " + result.plan().name();
      draft.ledger("ramp, " + of, result.verdict());
      draft.promise(
          "the wall is known: " + of,
          result.wall().map(Wall::isKnown).orElse(true),
          result.wall().map(Wall::what).orElse("none met"),
          "a setting or a resource");
      finding(result, of, draft);
    }
    if (!results.isEmpty()) {
      draft.answer(
          Headline.AT_ONCE,
          "%s.",
          results.stream().map(WallReport::held).collect(Collectors.joining("; ")));
    }
  }

  private static String held(Ramp.Result result) {
    return String.format(
        Locale.ROOT,
        "**%,d** held together by %s (%s), %s",
        result.last().held(),
        result.plan().where(),
        result.plan().words(),
        result.wall().map(it -> "first wall: " + it.what()).orElse("no wall met"));
  }

  private void walls(ResultDraft draft) {
    var rows = draft.table("The first wall of each ramp");
    for (var result : results) {
      var last = result.last();
      var executor = last.processes().get(0);
      rows.next()
          .cell("executors", result.plan().where())
          .cell("settings", result.plan().words())
          .cell("held together", last.held())
          .cell("of", last.asked())
          .cell("first wall", result.wall().map(Wall::what).orElse("none met"))
          .cell("as seen", result.wall().map(Wall::words).orElse("all were held"))
          .cell("refused", last.refused())
          .cell("ended", words(result.ends()))
          .cell("descriptors of the node", executor.descriptors())
          .cell("heap after collection, MiB", Resources.mib(executor.heap()))
          .cell("resident, MiB", Resources.mib(executor.rss()));
    }
  }

  private static String words(Map<String, Integer> ends) {
    return ends.entrySet().stream()
        .map(it -> it.getValue() + " " + it.getKey())
        .collect(Collectors.joining(", "));
  }

  private void steps(ResultDraft draft) {
    var rows = draft.table("The steps of each ramp");
    for (var result : results) {
      for (var step : result.steps()) {
        var executor = step.processes().get(0);
        rows.next()
            .cell("executors", result.plan().where())
            .cell("settings", result.plan().name())
            .cell("asked", step.asked())
            .cell("at the targets", step.held())
            .cell("in flight", step.inFlight())
            .cell("permits held", step.permitsHeld())
            .cell("after, s", step.seconds())
            .cell("descriptors", executor.descriptors())
            .cell("heap after collection, MiB", Resources.mib(executor.heap()))
            .cell("resident, MiB", Resources.mib(executor.rss()));
      }
    }
  }

  private void plot(ResultDraft draft) {
    var plot =
        draft.plot(
            Plot.lines(
                "held",
                "Calls held together, by how many were asked",
                Plot.axis("asked"),
                Plot.axis("held")));
    var most = results.stream().mapToInt(result -> result.last().asked()).max().orElse(0);
    plot.ideal("all", List.of(new Plot.Point(0, 0), new Plot.Point(most, most)));
    for (var result : results) {
      var points = plot.add(result.plan().where() + ", " + result.plan().name());
      result.steps().forEach(step -> points.add(new Plot.Point(step.asked(), step.held())));
    }
  }

  private static void finding(Ramp.Result result, String of, ResultDraft draft) {
    var last = result.last();
    var first = result.steps().get(0);
    var executor = last.processes().get(0);
    var more = last.held() - first.held();
    if (result.wall().isPresent()) {
      var wall = result.wall().get();
      draft.finding(
          "%s (%s): %,d calls were held together at the targets; the first wall is %s: %s. It is"
              + " moved by %s.",
          of, result.plan().words(), last.held(), wall.what(), wall.words(), wall.raise());
    } else {
      draft.finding(
          "%s (%s): all %,d calls that were asked were held together, and nothing gave; of more"
              + " nothing is known.",
          of, result.plan().words(), last.held());
    }
    if (more >= ENOUGH && executor.heap() > 0) {
      draft.finding(
          "%s: a held call takes %.1f KiB of heap and %.2f descriptors on the node that makes it.",
          of,
          (executor.heap() - first.processes().get(0).heap()) / 1024.0 / more,
          (executor.descriptors() - first.processes().get(0).descriptors()) / (double) more);
    }
  }
}
