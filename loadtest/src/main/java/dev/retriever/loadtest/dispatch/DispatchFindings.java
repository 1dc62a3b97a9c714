package dev.retriever.loadtest.dispatch;

import dev.retriever.loadtest.cost.BreakEven;
import dev.retriever.loadtest.cost.PriceSheet;
import dev.retriever.loadtest.dispatch.Dispatch.Origins;
import dev.retriever.loadtest.result.ResultDraft;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Compares theories with the measurements, and says which dispatch to use when. All sentences are
 * made of the figures.
 *
 * @param prices the plan first
 * @param idleMs the idle time after which origins leave memory
 */
record DispatchFindings(List<DispatchCost> costs, List<PriceSheet> prices, int idleMs) {
  /** Claims about such dispatches that are tested. */
  private static final double SAVED_AT_100 = 9;

  private static final double SAVED_AT_1000 = 32;
  private static final double HOP_LEAST_MS = 10;
  private static final double HOP_MOST_MS = 30;

  /** The duration for which the first page of the report has a choice. */
  private static final double ASKED_MS = 200;

  /** The relative error within which a measured factor confirms a claim. */
  private static final double AGREES = 0.3;

  void into(ResultDraft draft) {
    decision(draft);
    new ChosenAt(costs, prices.get(0), ASKED_MS).into(draft);
    theories(draft);
  }

  private Optional<DispatchCost> of(Dispatch dispatch, Origins origins, int durationMs) {
    return costs.stream()
        .filter(cost -> cost.cell().dispatch() == dispatch)
        .filter(cost -> cost.cell().origins() == origins)
        .filter(cost -> cost.cell().durationMs() == durationMs)
        .findFirst();
  }

  private void theories(ResultDraft draft) {
    saved(draft, 100, SAVED_AT_100);
    saved(draft, 1_000, SAVED_AT_1000);
    hop(draft, Dispatch.DIRECT, Dispatch.PROXY, "executors of its own node");
    hop(draft, Dispatch.PROXY, Dispatch.QUEUED, "a queue of its node");
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
      if (cost.cell().dispatch() == more && cost.cell().origins() == Origins.WAITED) {
        of(less, Origins.WAITED, cost.cell().durationMs())
            .ifPresent(other -> hops.add(cost.times().addedMs() - other.times().addedMs()));
      }
    }
    if (!hops.isEmpty()) {
      var all = hops.stream().mapToDouble(it -> it).toArray();
      var hop = DispatchCost.median(all);
      draft.finding(
          "Theory: a hop adds %.0f to %.0f ms. To %s it is %.1f ms, the median of %d pairs of cells that"
              + " were waited for (%.1f to %.1f). %s",
          HOP_LEAST_MS,
          HOP_MOST_MS,
          to,
          hop,
          all.length,
          DispatchCost.percentile(all, 0),
          DispatchCost.percentile(all, 100),
          hopVerdict(all));
    }
  }

  /** The verdict on a hop; pairs that differ by more than a hop are noise. */
  static String hopVerdict(double[] hops) {
    var hop = DispatchCost.median(hops);
    var spread = DispatchCost.percentile(hops, 100) - DispatchCost.percentile(hops, 0);
    if (spread > HOP_MOST_MS) {
      return "That is more noise than hop: run it on a quiet machine.";
    }
    return hop < HOP_LEAST_MS ? "It is less." : hop > HOP_MOST_MS ? "It is more." : "It holds.";
  }

  private void decision(ResultDraft draft) {
    draft.finding(decided());
    for (var sheet : prices) {
      crossing(sheet).ifPresent(it -> draft.finding("Cost, %s: %s.", sheet.name(), it));
    }
    for (var dispatch : Dispatch.values()) {
      added(dispatch, Origins.WAITED)
          .ifPresent(
              ms ->
                  draft.finding(
                      "Latency: %s (%s) adds %.1f ms to a call, median of what was waited for.",
                      dispatch.word(), dispatch.madeBy(), ms));
    }
    waiting(draft);
    draft.finding(
        "Complexity and fit: direct has no executor, and no report that is repeated: an attempt under way"
            + " ends with its origin, and holds it in memory; it is for comparisons, and for calls that"
            + " may be made again or looked up. Proxy keeps the attempt when the origin leaves, moves or fails.");
  }

  private Optional<BreakEven> crossing(PriceSheet sheet) {
    return DispatchCost.breakEvens(costs, sheet, Origins.COLD, false).stream()
        .filter(it -> it.one().equals("direct") && it.other().equals("proxy"))
        .findFirst();
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
          "A waiting caller keeps the origin in memory: %.0f ms for a fetch of 1,000 ms, against %.0f"
              + " ms without a caller that waits. So no dispatch saves residency for waiting callers.",
          waited.get().each().residencyMs(), alone.get().each().residencyMs());
    }
  }

  /** The decision, by cost on the plan and by added latency. */
  private String decided() {
    var proxy = added(Dispatch.PROXY, Origins.WAITED);
    var direct = added(Dispatch.DIRECT, Origins.WAITED);
    if (proxy.isEmpty() || direct.isEmpty()) {
      return "Decision: none, since direct and proxy were not both measured.";
    }
    var more = proxy.getAsDouble() - direct.getAsDouble();
    var queued = added(Dispatch.QUEUED, Origins.WAITED);
    var from = crossing(prices.get(0));
    var when =
        from.filter(it -> it.atMs().isPresent())
            .map(it -> String.format(Locale.ROOT, "beyond %.0f ms", it.atMs().getAsDouble()))
            .orElse(
                from.filter(it -> !it.oneIsCheaperAtFirst()).isPresent()
                    ? "whatever the duration"
                    : "at none of the durations");
    return String.format(
        Locale.ROOT,
        "Decision: proxy is the one to keep and to use: it takes %.1f ms %s than direct, is cheaper %s"
            + " where residency is paid for, and survives its origin. Executor nodes where targets are"
            + " reached from one network only, or executors are scaled by themselves. Direct stays as the"
            + " yardstick.%s",
        Math.abs(more),
        more < 0 ? "less" : "more",
        when,
        queued.isPresent() ? queue(queued.getAsDouble() - proxy.getAsDouble()) : "");
  }

  private static String queue(double more) {
    return String.format(
        Locale.ROOT,
        " A queue where targets must not get more than a limit, wherever the calls come from, or where"
            + " callers are to share: it adds %.1f ms, a journal write and two messages to a proxied fetch.",
        more);
  }
}
