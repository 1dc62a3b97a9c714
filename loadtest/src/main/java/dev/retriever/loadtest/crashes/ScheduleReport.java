package dev.retriever.loadtest.crashes;

import dev.retriever.loadtest.crashes.TickTally.Arrival;
import dev.retriever.loadtest.crashes.TickTally.Ended;
import dev.retriever.loadtest.ledger.LedgerVerdict;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The figures of schedules that tick at the same seconds, and what must hold of them.
 *
 * @param due when all were due: while all nodes ran, while none ran, and when they were killed
 * @param restarts of all nodes, over the second and the third time
 * @param cameBefore fetches of the last time that had come when the nodes were killed
 */
record ScheduleReport(
    List<Instant> due,
    List<Ended> schedules,
    List<Arrival> arrivals,
    List<Restart> restarts,
    int cameBefore) {
  private static final List<String> TIMES =
      List.of("all nodes run", "no node runs, others start", "all nodes are killed in the middle");

  /**
   * A restart of all nodes.
   *
   * @param isStruck whether all of them ran before, and were gone afterwards
   */
  record Restart(Instant killed, Instant ready, boolean isStruck) {
    /** Whether no node ran at that time. */
    private boolean isOver(Instant time) {
      return isStruck && killed.isBefore(time) && ready.isAfter(time);
    }
  }

  void into(ResultDraft draft, int count, LedgerVerdict verdict) {
    var tally = TickTally.of(schedules, due, arrivals);
    table(draft);
    plot(draft);
    draft.promise(
        "ticks that fired",
        tally.fired() == (long) count * due.size(),
        tally.fired(),
        "" + count * due.size());
    none(draft, "ticks that were early", tally.early());
    none(draft, "ticks that were lost", tally.lost());
    none(draft, "ticks that were made twice", tally.twice());
    none(draft, "schedules that say otherwise", tally.otherwise());
    var struck = restarts.stream().filter(Restart::isStruck).count();
    draft.promise("restarts of all nodes", struck == restarts.size(), struck, "2");
    // Otherwise the period is too short for this machine.
    var over = restarts.get(0).isOver(due.get(1));
    draft.promise("nodes ran at the second time", over, over ? "none" : "some", "none");
    draft.atMost("fetches that came before the last kill", cameBefore, "", count - 1.0);
    draft.ledger("ticks", verdict);
    var late = histogram(TickTally.late(schedules, due.get(0)));
    draft.finding(
        "%d schedules ticked %d times, each once and none early, though no node ran at the second time and"
            + " all were killed at the third. Of %d that were due in the same second, half were"
            + " decided within %.0f ms and one in a hundred after more than %.0f ms.",
        schedules.size(),
        due.size(),
        schedules.size(),
        Phase.millis(late, 50),
        Phase.millis(late, 99));
  }

  private static void none(ResultDraft draft, String name, long count) {
    draft.promise(name, count == 0, count, "none");
  }

  private void table(ResultDraft draft) {
    var rows = draft.table("Ticks that are due in the same second");
    for (var i = 0; i < due.size(); i++) {
      var late = histogram(TickTally.late(schedules, due.get(i)));
      var came = histogram(TickTally.came(arrivals, due.get(i)));
      rows.next()
          .cell("when", TIMES.get(i))
          .cell("decided", late.getTotalCount())
          .cell("late p50, ms", Phase.millis(late, 50))
          .cell("late p99, ms", Phase.millis(late, 99))
          .cell("late max, ms", Phase.millis(late, 100))
          .cell("at the target p50, ms", Phase.millis(came, 50))
          .cell("at the target p99, ms", Phase.millis(came, 99))
          .cell("nodes ready, s after it", ready(i));
    }
  }

  private Double ready(int time) {
    return time == 0
        ? null
        : Duration.between(due.get(time), restarts.get(time - 1).ready()).toMillis() / 1e3;
  }

  private static Histogram histogram(List<Duration> times) {
    var histogram = Phase.histogram();
    times.forEach(it -> Phase.recordMicros(histogram, it.toNanos() / 1_000));
    return histogram;
  }

  private void plot(ResultDraft draft) {
    var plot =
        draft.plot(
            Plot.lines(
                "late",
                "How late ticks of the same second were decided",
                Plot.axis("percent of the ticks"),
                Plot.log("ms")));
    for (var i = 0; i < due.size(); i++) {
      var late = histogram(TickTally.late(schedules, due.get(i)));
      var points = plot.add(TIMES.get(i));
      for (var percent = 5; percent <= 100 && late.getTotalCount() > 0; percent += 5) {
        points.add(new Plot.Point(percent, Phase.millis(late, percent)));
      }
    }
  }
}
