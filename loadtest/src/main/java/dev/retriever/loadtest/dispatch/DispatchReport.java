package dev.retriever.loadtest.dispatch;

import dev.retriever.loadtest.cost.Interval;
import dev.retriever.loadtest.cost.PriceSheet;
import dev.retriever.loadtest.dispatch.Dispatch.Origins;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.ResultDraft;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Reports all cells in one table, the break-even durations, and the {@link DispatchFindings}.
 *
 * @param prices the plan first
 * @param idleMs after which origins leave memory
 */
record DispatchReport(List<DispatchCost> costs, List<PriceSheet> prices, int idleMs) {
  private static final Comparator<DispatchCost> ORDER =
      Comparator.<DispatchCost, Dispatch>comparing(cost -> cost.cell().dispatch())
          .thenComparing(cost -> cost.cell().origins())
          .thenComparing(cost -> cost.cell().durationMs());

  void into(ResultDraft draft) {
    table(draft);
    breakEvens(draft);
    plots(draft);
    new DispatchFindings(costs, prices, idleMs).into(draft);
    new DispatchDifferences(costs).into(draft);
    new CostInputs(prices).into(draft);
    lines(draft);
    reports(draft);
  }

  private void table(ResultDraft draft) {
    var rows = draft.table("Latency and cost of each fetch");
    costs.stream().sorted(ORDER).forEach(cost -> row(cost, rows));
  }

  private void row(DispatchCost cost, ResultDraft.Rows rows) {
    var cell = cost.cell();
    var times = cost.times();
    rows.next()
        .cell("dispatch", cell.dispatch().word())
        .cell("origins", cell.origins().words())
        .cell("target, ms", cell.durationMs())
        .cell("fetches", times.took().length)
        .cell("accepted p50, ms", DispatchCost.median(times.accepted()))
        .cell("settled p50, ms", DispatchCost.median(times.took()))
        .cell("p50 from", bound(Interval.of(times.took(), 50).from()))
        .cell("p50 to", bound(Interval.of(times.took(), 50).to()))
        .cell("settled p95, ms", DispatchCost.percentile(times.took(), 95))
        .cell("p95 from", bound(Interval.of(times.took(), 95).from()))
        .cell("p95 to", bound(Interval.of(times.took(), 95).to()))
        .cell("plain p50, ms", DispatchCost.median(times.plain()))
        .cell("added p50, ms", times.addedMs())
        .cell("loads", cost.loads())
        .cell("reports", cost.reports())
        .cell("in memory, ms", cost.each().residencyMs())
        .cell("busy, ms", cost.busyMs())
        .cell("CPU of lines, ms", cost.each().cpuMs())
        .cell("CPU of processes, ms", cost.processCpuMs().orElse(null))
        .cell("messages to origins", cost.each().originRequests())
        .cell("attempts of executors", cost.each().executorRequests())
        .cell("rows written", cost.each().rowsWritten())
        .cell("rows read", cost.each().rowsRead())
        .cell("plan, $/M", prices.get(0).perMillion(cost.each()))
        .cell("metered, $/M", prices.get(1).perMillion(cost.each()));
  }

  /** Null where there are too few values. */
  private static Double bound(OptionalDouble millis) {
    return millis.isPresent() ? millis.getAsDouble() : null;
  }

  private void breakEvens(ResultDraft draft) {
    var rows = draft.table("Break-even durations", "prices", "origins", "which is cheaper");
    for (var sheet : prices) {
      for (var origins : List.of(Origins.COLD, Origins.WARM)) {
        for (var found : DispatchCost.breakEvens(costs, sheet, origins, false)) {
          rows.row(sheet.name(), origins.words(), found.toString());
        }
      }
      for (var found : DispatchCost.breakEvens(costs, sheet, Origins.COLD, true)) {
        rows.row(sheet.name(), "cold, were they in memory only while busy", found.toString());
      }
    }
  }

  private void plots(ResultDraft draft) {
    for (var sheet : prices) {
      var plot =
          draft.plot(
              Plot.lines(
                  "cost-" + sheet.name(),
                  "A million fetches of cold origins, " + sheet.name(),
                  Plot.log("target, ms"),
                  Plot.log("$")));
      crossings(sheet, plot);
      for (var dispatch : Dispatch.values()) {
        var points = plot.add(dispatch.word());
        costs.stream()
            .filter(cost -> cost.cell().dispatch() == dispatch)
            .filter(cost -> cost.cell().origins() == Origins.COLD)
            .forEach(
                cost ->
                    points.add(new Plot.Point(durationMs(cost), sheet.perMillion(cost.each()))));
      }
    }
  }

  /** As it took without durability where the target takes no time, which has no logarithm. */
  private static double durationMs(DispatchCost cost) {
    return Math.max(cost.cell().durationMs(), DispatchCost.median(cost.times().plain()));
  }

  private void crossings(PriceSheet sheet, Plot plot) {
    for (var found : DispatchCost.breakEvens(costs, sheet, Origins.COLD, false)) {
      if (!found.other().equals(Dispatch.NODES.word()) && found.atMs().isPresent()) {
        var at = found.atMs().getAsDouble();
        plot.mark(
            at, String.format(Locale.ROOT, "%s = %s at %.0f ms", found.one(), found.other(), at));
      }
    }
  }

  private void lines(ResultDraft draft) {
    var warnings = costs.stream().flatMap(cost -> cost.warnings().stream()).toList();
    draft.promise(
        "invocation lines go with the fetches",
        warnings.isEmpty(),
        warnings.size() + " counts that do not match",
        "none");
    warnings.forEach(draft::complain);
    var logs = new ArrayList<String>();
    for (var cost : costs) {
      cost.skews()
          .forEach(
              (node, skew) -> {
                var of = (cost.cell().dispatch() == Dispatch.NODES ? "of two nodes, " : "") + node;
                if (!logs.contains(of)) {
                  logs.add(of);
                  draft.finding(
                      "Log %s: its clock is %.1f ms ahead of the caller's, within %.1f ms; skew that calls prove: %s.",
                      of, skew.aheadMs(), skew.withinMs(), skew.seen());
                }
              });
    }
    var delays = costs.stream().mapToDouble(cost -> cost.logDelay().p95()).max().orElse(0);
    var most = costs.stream().mapToDouble(cost -> cost.logDelay().max()).max().orElse(0);
    var avg = costs.stream().mapToDouble(cost -> cost.logDelay().avg()).average().orElse(0);
    draft.finding(
        "Lines were written %.1f ms after what they tell, on average; p95 of the slowest cell %.1f ms, max %.1f ms.",
        avg, delays, most);
  }

  /** An origin that is loaded for a report also asks for the state of the attempt. */
  private void reports(ResultDraft draft) {
    for (var dispatch : Dispatch.values()) {
      costs.stream()
          .filter(cost -> cost.cell().dispatch() == dispatch)
          .filter(cost -> cost.cell().origins() == Origins.COLD && cost.loads() > 1)
          .mapToDouble(DispatchCost::reports)
          .max()
          .ifPresent(
              most ->
                  draft.finding(
                      "%s: an origin that was not in memory was told of an attempt up to %.1f times.",
                      dispatch.word(), most));
    }
  }
}
