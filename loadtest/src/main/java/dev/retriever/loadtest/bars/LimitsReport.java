package dev.retriever.loadtest.bars;

import dev.retriever.loadtest.ledger.LedgerVerdict;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.AtOnce;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Phase;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reports the limit of one kind of pool, from its runs.
 *
 * @param permits permits of the pool; 0 when it has more than the runs need
 * @param raise the settings that move the limit
 */
public record LimitsReport(String place, int permits, String raise, Runs runs) {
  /** In delays of the target: a fetch that settles later was not sent with the first ones. */
  private static final double SECOND_WAVE = 1.9;

  public record Runs(List<AtOnce.Run> all, LedgerVerdict verdict) {}

  void into(Context context, Plot plot) {
    into(context.size("delay"), plot, context.draft());
  }

  public void into(int delay, Plot plot, ResultDraft draft) {
    var rows = draft.table("Calls at once, " + place);
    var points = plot.add(place);
    for (var run : runs.all()) {
      row(run, rows);
    }
    runs.all().stream()
        .filter(run -> run.count() > 1 && run.delayMs() == delay)
        .sorted(Comparator.comparing(AtOnce.Run::count))
        .forEach(run -> points.add(new Plot.Point(run.count(), run.settled().toMillis())));
    draft.promise(
        place + ": errors",
        runs.all().stream().allMatch(run -> run.failed() == 0),
        runs.all().stream().mapToInt(AtOnce.Run::failed).sum(),
        "none");
    draft.ledger(place, runs.verdict());
    if (permits > 0) {
      batches(delay, draft);
    }
    findings(draft);
  }

  private static void row(AtOnce.Run run, ResultDraft.Rows rows) {
    rows.next()
        .cell("fetches", run.name())
        .cell("all accepted, s", run.accepted())
        .cell("all settled, s", run.settled())
        .cell("accepted, 1/s", run.count() / (run.accepted().toNanos() / 1e9))
        .cell("settled, 1/s", run.count() / (run.settled().toNanos() / 1e9))
        .cell("min, ms", run.took().getMinValue() / 1e3)
        .cell("avg, ms", run.took().getMean() / 1e3)
        .cell("p50, ms", Phase.millis(run.took(), 50))
        .cell("p95, ms", Phase.millis(run.took(), 95))
        .cell("p99, ms", Phase.millis(run.took(), 99))
        .cell("max, ms", Phase.millis(run.took(), 100))
        .cell("errors", run.failed())
        .cell("peak at the target", run.peak())
        .cell("in executors", run.marks().inFlight())
        .cell("waited", run.marks().waited())
        .cell("unsettled", run.marks().unsettled());
  }

  /** Checks that as many run together as there are permits, and the next ones afterwards. */
  private void batches(int delay, ResultDraft draft) {
    var rows = draft.table("Batches with %d permits".formatted(permits));
    for (var run : runs.all()) {
      if (run.count() > 1) {
        var expected = Limits.batches(run.count(), permits);
        var delays = run.settled().toMillis() / (double) delay;
        rows.next()
            .cell("fetches", run.name())
            .cell("⌈n/%d⌉".formatted(permits), expected)
            .cell("settled after, delays", delays)
            .cell("peak at the target", run.peak());
        draft.promise(
            "%s in batches of %d".formatted(run.name(), permits),
            run.peak() == Math.min(permits, run.count()) && delays >= expected * 0.99,
            delays,
            "%d at the target together, ≥ %d delays".formatted(permits, expected));
      }
    }
  }

  private void findings(ResultDraft draft) {
    var limited = limited(runs.all());
    if (limited.isPresent()) {
      var run = limited.get();
      draft.finding(
          "%s: there is a limit, at %d: so many of %d at once were at the target together.",
          place, run.peak(), run.count());
      draft.finding(
          "%s: beyond it fetches wait, accepted, in their origins: of %d at once %d failed, and the"
              + " last settled after %.2f s, %.1f times what one call takes. It is raised by %s.",
          place,
          run.count(),
          run.failed(),
          run.settled(),
          run.settled().toMillis() / (double) run.delayMs(),
          raise);
      return;
    }
    var largest =
        runs.all().stream()
            .max(Comparator.comparing(AtOnce.Run::peak).thenComparing(AtOnce.Run::count))
            .orElseThrow();
    draft.finding(
        "%s: %d were at the target together, and no limit was met with them; of more nothing is known."
            + " These were of %d submitted at once, of which %d failed: the last settled after %.2f s,"
            + " %.2f s of these it took to accept them, and one call takes %.2f s%s. A limit would be"
            + " raised by %s.",
        place,
        largest.peak(),
        largest.count(),
        largest.failed(),
        largest.settled(),
        largest.accepted(),
        largest.delayMs() / 1e3,
        largest.accepted().toMillis() > largest.delayMs()
            ? ", so the first were answered before the last were accepted"
            : "",
        raise);
  }

  /**
   * The largest run that met a limit: all fetches were accepted before the first answer, and yet
   * some were sent only after others had ended.
   */
  public static Optional<AtOnce.Run> limited(List<AtOnce.Run> runs) {
    return runs.stream()
        .filter(run -> run.count() > 1 && run.peak() < run.count())
        .filter(run -> run.accepted().toMillis() < run.delayMs())
        .filter(run -> run.settled().toMillis() >= SECOND_WAVE * run.delayMs())
        .max(Comparator.comparing(AtOnce.Run::count));
  }
}
