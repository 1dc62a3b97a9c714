package dev.retriever.loadtest.queue;

import dev.retriever.loadtest.result.Grade;
import dev.retriever.loadtest.result.Headline;
import dev.retriever.loadtest.result.LineFit;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.ResultDraft;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Judges whether a node leaks, by lines through what was left after each round. The first quarter
 * of the rounds is left out, since a node grows at its start.
 *
 * @param seconds of load
 * @param rate fetches a second
 * @param each fetches in a round
 */
record LeakReport(List<Round> rounds, int seconds, int rate, int each) {
  private static final Grade.Bar MIB_PER_HOUR = Grade.Bar.atMost(0.5, 10);

  /** In a shorter run, growth at the start outweighs steady growth. */
  private static final int LEAST_SECONDS = 600;

  /** The standard errors of a slope on both sides that it lies within, with 95 % confidence. */
  private static final double CONFIDENCE = 2.2;

  /** More threads or descriptors than after the first rounds. */
  private static final int MORE_MOST = 10;

  /** What a node holds at rest. */
  record Round(double hours, double heapMib, double rssMib, int threads, int descriptors) {}

  private List<Round> judged() {
    return rounds.subList(rounds.size() / 4, rounds.size());
  }

  private LineFit fit(ToDoubleFunction<Round> of) {
    return LineFit.of(
        judged().stream().map(it -> new Plot.Point(it.hours(), of.applyAsDouble(it))).toList());
  }

  void into(ResultDraft draft) {
    plot(draft);
    table(draft);
    var heap = fit(Round::heapMib);
    var most = heap.slope() + CONFIDENCE * heap.error();
    if (seconds >= LEAST_SECONDS) {
      draft.graded("growth of the heap", heap.slope(), "MiB/h", MIB_PER_HOUR);
      draft.graded(
          "growth of the heap, at most, with 95 % confidence", most, "MiB/h", MIB_PER_HOUR);
      draft.answer(
          Headline.GROWTH,
          "**%.2f ± %.2f MiB/h** of heap after collection, over %.1f h at %d fetches a second.",
          heap.slope(),
          CONFIDENCE * heap.error(),
          seconds / 3600.0,
          rate);
    } else {
      draft.check(
          "growth of the heap",
          heap.slope(),
          "MiB/h",
          MIB_PER_HOUR.words() + ", from %d s on".formatted(LEAST_SECONDS),
          Grade.NOT_JUDGED);
    }
    more("threads", Round::threads, draft);
    more("descriptors", Round::descriptors, draft);
    var first = rounds.get(0).heapMib();
    var last = rounds.get(rounds.size() - 1).heapMib();
    draft.finding(
        "After %d fetches %.1f MiB were left on the heap, after %d %.1f MiB: %.0f bytes for each fetch"
            + " between. %s",
        each,
        first,
        (long) each * rounds.size(),
        last,
        (last - first) * 1048576 / ((double) each * (rounds.size() - 1)),
        verdict(heap.slope() - CONFIDENCE * heap.error(), most));
  }

  /** A leak is a slope that is above 0 with confidence. */
  private static String verdict(double least, double most) {
    if (Double.isNaN(most)) {
      return "That is too few rounds to tell a leak from noise.";
    }
    return least > 0
        ? "The heap grows, beyond noise."
        : "No growth beyond noise: it may be %.2f to %.2f MiB/h.".formatted(least, most);
  }

  private void more(String what, ToDoubleFunction<Round> of, ResultDraft draft) {
    var before = judged().get(0);
    var after = rounds.get(rounds.size() - 1);
    var more = of.applyAsDouble(after) - of.applyAsDouble(before);
    draft.promise("more " + what + " at the end", more <= MORE_MOST, more, "≤ " + MORE_MOST);
  }

  private void table(ResultDraft draft) {
    var rows = draft.table("Growth at rest, by lines through the rounds");
    row("heap after collection, MiB", fit(Round::heapMib), rows);
    row("resident memory, MiB", fit(Round::rssMib), rows);
    row("threads", fit(Round::threads), rows);
    row("descriptors", fit(Round::descriptors), rows);
  }

  private static void row(String what, LineFit fit, ResultDraft.Rows rows) {
    rows.next()
        .cell("of the node", what)
        .cell("an hour", fit.slope())
        .cell("±", CONFIDENCE * fit.error());
  }

  private void plot(ResultDraft draft) {
    var plot =
        draft.plot(
            Plot.lines(
                "memory", "Memory after each round", Plot.axis("minutes"), Plot.axis("MiB")));
    var heap = plot.add("heap after collection");
    var rss = plot.add("resident");
    for (var round : rounds) {
      heap.add(new Plot.Point(round.hours() * 60, round.heapMib()));
      rss.add(new Plot.Point(round.hours() * 60, round.rssMib()));
    }
  }
}
