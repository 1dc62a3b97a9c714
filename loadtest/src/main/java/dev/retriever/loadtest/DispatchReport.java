package dev.retriever.loadtest;

import dev.retriever.loadtest.Dispatch.Origins;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What the cells say: one table, the theories held against it, and which dispatch to use when. All
 * sentences are made of the figures.
 *
 * @param prices the plan first
 * @param idleMs after which origins leave memory
 */
record DispatchReport(List<DispatchCost> costs, List<PriceSheet> prices, int idleMs) {
  /** What others have said of such dispatches, to be tested. */
  private static final double SAVED_AT_100 = 9;

  private static final double SAVED_AT_1000 = 32;
  private static final double HOP_LEAST_MS = 10;
  private static final double HOP_MOST_MS = 30;

  private static final Comparator<DispatchCost> ORDER =
      Comparator.<DispatchCost, Dispatch>comparing(cost -> cost.cell().dispatch())
          .thenComparing(cost -> cost.cell().origins())
          .thenComparing(cost -> cost.cell().durationMs());

  /** A factor that is off by no more than this part is the factor that was said. */
  private static final double AGREES = 0.3;

  void into(ResultDraft draft) {
    table(draft);
    breakEvens(draft);
    plots(draft);
    lines(draft);
    reports(draft);
    theories(draft);
    decision(draft);
  }

  private void table(ResultDraft draft) {
    var rows =
        draft.table(
            "Latency and cost of each fetch",
            "dispatch",
            "origins",
            "target, ms",
            "fetches",
            "accepted p50, ms",
            "settled p50, ms",
            "settled p95, ms",
            "plain p50, ms",
            "added p50, ms",
            "loads",
            "reports",
            "in memory, ms",
            "busy, ms",
            "CPU of lines, ms",
            "CPU of processes, ms",
            "rows written",
            "rows read",
            "plan, $/M",
            "metered, $/M");
    costs.stream().sorted(ORDER).forEach(cost -> row(cost, rows));
    var nothing = new Object[17];
    var queued = Stream.concat(Stream.of("queued", "until there are queues"), Stream.of(nothing));
    rows.row(queued.toArray());
  }

  private void row(DispatchCost cost, ResultDraft.Rows rows) {
    var cell = cost.cell();
    var times = cost.times();
    rows.row(
        cell.dispatch().word(),
        cell.origins().words(),
        cell.durationMs(),
        times.took().length,
        DispatchCost.median(times.accepted()),
        DispatchCost.median(times.took()),
        DispatchCost.percentile(times.took(), 95),
        DispatchCost.median(times.plain()),
        times.addedMs(),
        cost.loads(),
        cost.reports(),
        cost.each().residencyMs(),
        cost.busyMs(),
        cost.each().cpuMs(),
        cost.processCpuMs().orElse(null),
        cost.each().rowsWritten(),
        cost.each().rowsRead(),
        prices.get(0).perMillion(cost.each()),
        prices.get(1).perMillion(cost.each()));
  }

  private void breakEvens(ResultDraft draft) {
    var rows = draft.table("Break-even durations", "prices", "origins", "which is cheaper");
    for (var sheet : prices) {
      for (var origins : List.of(Origins.COLD, Origins.WARM)) {
        for (var found : breakEvens(sheet, origins, false)) {
          rows.row(sheet.name(), origins.words(), found.toString());
        }
      }
      for (var found : breakEvens(sheet, Origins.COLD, true)) {
        rows.row(sheet.name(), "cold, were they in memory only while busy", found.toString());
      }
    }
  }

  /**
   * @param atLeast whether origins are taken to leave memory as soon as they could
   */
  private List<BreakEven> breakEvens(PriceSheet sheet, Origins origins, boolean atLeast) {
    var of =
        costs.stream()
            .filter(cost -> cost.cell().origins() == origins)
            .map(
                cost ->
                    new Cost(
                        cost.cell().name(),
                        cost.cell().dispatch().word(),
                        cost.cell().durationMs(),
                        cost.cell().fetches(),
                        atLeast ? cost.atLeast() : cost.each()))
            .toList();
    return Cost.breakEvens(of, sheet);
  }

  private void plots(ResultDraft draft) {
    for (var sheet : prices) {
      var plot =
          draft.plot(
              Plot.lines(
                  "cost-" + sheet.name(),
                  "A million fetches of cold origins, " + sheet.name(),
                  Plot.axis("target, ms"),
                  Plot.log("$")));
      for (var dispatch : Dispatch.values()) {
        var points = plot.add(dispatch.word());
        costs.stream()
            .filter(cost -> cost.cell().dispatch() == dispatch)
            .filter(cost -> cost.cell().origins() == Origins.COLD)
            .forEach(
                cost ->
                    points.add(
                        new Plot.Point(cost.cell().durationMs(), sheet.perMillion(cost.each()))));
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
                      "Log %s: its clock is %.1f ms ahead of the caller's, within %.1f ms (by call: %s).",
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

  private Optional<DispatchCost> of(Dispatch dispatch, Origins origins, int durationMs) {
    return costs.stream()
        .filter(cost -> cost.cell().dispatch() == dispatch)
        .filter(cost -> cost.cell().origins() == origins)
        .filter(cost -> cost.cell().durationMs() == durationMs)
        .findFirst();
  }

  /** An origin that comes back for a report asks what became of the attempt, too. */
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

  private void theories(ResultDraft draft) {
    saved(draft, 100, SAVED_AT_100);
    saved(draft, 1_000, SAVED_AT_1000);
    hop(draft, Dispatch.DIRECT, Dispatch.PROXY, "executors of its own node");
    hop(draft, Dispatch.PROXY, Dispatch.NODES, "executors of another node");
  }

  private void saved(ResultDraft draft, int durationMs, double said) {
    var direct = of(Dispatch.DIRECT, Origins.COLD, durationMs);
    var proxy = of(Dispatch.PROXY, Origins.COLD, durationMs);
    if (direct.isPresent() && proxy.isPresent()) {
      var plan = prices.get(0);
      var ratio = plan.cost(direct.get().each()) / plan.cost(proxy.get().each());
      var most = plan.cost(direct.get().atLeast()) / plan.cost(proxy.get().atLeast());
      var metered =
          prices.get(1).cost(direct.get().each()) / prices.get(1).cost(proxy.get().each());
      draft.finding(
          "Theory: at %d ms proxy costs %.0f times less. Plan: %.1f times less with origins that leave"
              + " after %d ms, %.1f times if they left as soon as they could; metered: %.2f times. %s",
          durationMs, said, ratio, idleMs, most, metered, verdict(said, ratio, most));
    }
  }

  static String verdict(double said, double measured, double most) {
    if (agrees(said, measured)) {
      return "It holds.";
    }
    if (measured > said) {
      return "It says too little.";
    }
    return most >= said * (1 - AGREES)
        ? "It holds for origins that leave at once only; the wait before they leave takes the rest."
        : "It does not hold.";
  }

  private static boolean agrees(double said, double measured) {
    return Math.abs(measured - said) <= AGREES * said;
  }

  private void hop(ResultDraft draft, Dispatch less, Dispatch more, String to) {
    var hops = new ArrayList<Double>();
    for (var cost : costs) {
      if (cost.cell().dispatch() == more && cost.cell().origins() != Origins.COLD) {
        of(less, cost.cell().origins(), cost.cell().durationMs())
            .ifPresent(other -> hops.add(cost.times().addedMs() - other.times().addedMs()));
      }
    }
    if (!hops.isEmpty()) {
      var hop = DispatchCost.median(hops.stream().mapToDouble(it -> it).toArray());
      draft.finding(
          "Theory: a hop adds %.0f to %.0f ms. To %s it is %.1f ms (median of %d pairs of warm cells). %s",
          HOP_LEAST_MS,
          HOP_MOST_MS,
          to,
          hop,
          hops.size(),
          hop < HOP_LEAST_MS ? "It is less." : hop > HOP_MOST_MS ? "It is more." : "It holds.");
    }
  }

  private void decision(ResultDraft draft) {
    for (var sheet : prices) {
      var crossing =
          breakEvens(sheet, Origins.COLD, false).stream()
              .filter(it -> it.one().equals("direct") && it.other().equals("proxy"))
              .findFirst();
      crossing.ifPresent(it -> draft.finding("Cost, %s: %s.", sheet.name(), it));
    }
    for (var dispatch : Dispatch.values()) {
      added(dispatch, Origins.WAITED)
          .ifPresent(
              ms ->
                  draft.finding(
                      "Latency: %s (%s) adds %.1f ms to a call, median of what was waited for.",
                      dispatch.word(), dispatch.who(), ms));
    }
    waiting(draft);
    draft.finding(
        "Complexity and fit: direct has no executor, and no report that is repeated: an attempt under way"
            + " ends with its origin, and holds it in memory; it is for comparisons, and for calls that"
            + " may be made again or looked up. Proxy keeps the attempt when the origin leaves, moves or fails.");
    draft.finding(decided());
  }

  private OptionalDouble added(Dispatch dispatch, Origins origins) {
    var all =
        costs.stream()
            .filter(cost -> cost.cell().dispatch() == dispatch && cost.cell().origins() == origins)
            .mapToDouble(cost -> cost.times().addedMs())
            .toArray();
    return all.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(DispatchCost.median(all));
  }

  private void waiting(ResultDraft draft) {
    var waited = of(Dispatch.PROXY, Origins.WAITED, 1_000);
    var alone = of(Dispatch.PROXY, Origins.WARM, 1_000);
    if (waited.isPresent() && alone.isPresent()) {
      draft.finding(
          "A caller that waits keeps the origin in memory: %.0f ms for a fetch of 1,000 ms, against %.0f"
              + " ms when nobody waits. So no dispatch saves residency for who waits.",
          waited.get().each().residencyMs(), alone.get().each().residencyMs());
    }
  }

  /** By cost on the plan where most of it is residency, and by what it adds. */
  private String decided() {
    var proxy = added(Dispatch.PROXY, Origins.WAITED);
    var direct = added(Dispatch.DIRECT, Origins.WAITED);
    if (proxy.isEmpty() || direct.isEmpty()) {
      return "Decision: none, since direct and proxy were not both measured.";
    }
    var more = proxy.getAsDouble() - direct.getAsDouble();
    var from =
        breakEvens(prices.get(0), Origins.COLD, false).stream()
            .filter(it -> it.one().equals("direct") && it.other().equals("proxy"))
            .findFirst();
    var when =
        from.filter(it -> it.atMs().isPresent())
            .map(it -> String.format(Locale.ROOT, "beyond %.0f ms", it.atMs().getAsDouble()))
            .orElse(from.filter(it -> !it.oneIsCheaperAtFirst()).isPresent() ? "always" : "never");
    return String.format(
        Locale.ROOT,
        "Decision: proxy is the one to keep and to use: it takes %.1f ms %s than direct, is cheaper %s"
            + " where residency is paid for, and survives its origin. Executor nodes where targets are"
            + " reached from one network only, or executors are scaled by themselves. Direct stays as the"
            + " yardstick.",
        Math.abs(more),
        more < 0 ? "less" : "more",
        when);
  }
}
