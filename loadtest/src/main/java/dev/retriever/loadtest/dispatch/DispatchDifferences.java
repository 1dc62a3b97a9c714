package dev.retriever.loadtest.dispatch;

import dev.retriever.loadtest.cost.Shift;
import dev.retriever.loadtest.dispatch.Dispatch.Origins;
import dev.retriever.loadtest.result.ResultDraft;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** Compares dispatches of the same target and says where they do not differ beyond noise. */
record DispatchDifferences(List<DispatchCost> costs) {
  private static final List<List<Dispatch>> PAIRS =
      List.of(
          List.of(Dispatch.DIRECT, Dispatch.PROXY),
          List.of(Dispatch.PROXY, Dispatch.QUEUED),
          List.of(Dispatch.DIRECT, Dispatch.QUEUED),
          List.of(Dispatch.PROXY, Dispatch.NODES));

  static final String NOISE = "no difference beyond noise";

  void into(ResultDraft draft) {
    var rows = draft.table("Which ways differ: medians of the differences, with 95 % confidence");
    var same = new ArrayList<String>();
    var pairs = 0;
    for (var origins : Origins.values()) {
      for (var duration : durations()) {
        for (var pair : PAIRS) {
          var one = of(pair.get(0), origins, duration);
          var other = of(pair.get(1), origins, duration);
          if (one.isPresent() && other.isPresent()) {
            var time = Shift.of(one.get().times().added(), other.get().times().added());
            row(one.get(), other.get(), time, rows);
            pairs++;
            if (!time.isBeyondNoise()) {
              same.add(words(pair, origins, duration));
            }
          }
        }
      }
    }
    draft.finding(
        "Of %d pairs of ways %d do not differ in what they add to a call beyond noise%s",
        pairs, same.size(), same.isEmpty() ? "." : ": " + String.join("; ", same) + ".");
  }

  private TreeSet<Integer> durations() {
    var durations = new TreeSet<Integer>();
    costs.forEach(cost -> durations.add(cost.cell().durationMs()));
    return durations;
  }

  private Optional<DispatchCost> of(Dispatch dispatch, Origins origins, int durationMs) {
    return costs.stream()
        .filter(cost -> cost.cell().dispatch() == dispatch)
        .filter(cost -> cost.cell().origins() == origins)
        .filter(cost -> cost.cell().durationMs() == durationMs)
        .filter(cost -> cost.times().took().length > 0)
        .findFirst();
  }

  private static String words(List<Dispatch> pair, Origins origins, int duration) {
    return String.format(
        Locale.ROOT,
        "%s and %s of %d ms (%s)",
        pair.get(0).word(),
        pair.get(1).word(),
        duration,
        origins.words());
  }

  private static void row(DispatchCost one, DispatchCost other, Shift time, ResultDraft.Rows rows) {
    var memory =
        one.residencies().length == 0 || other.residencies().length == 0
            ? Optional.<Shift>empty()
            : Optional.of(Shift.of(one.residencies(), other.residencies()));
    rows.next()
        .cell("origins", one.cell().origins().words())
        .cell("target, ms", one.cell().durationMs())
        .cell("from", one.cell().dispatch().word())
        .cell("to", other.cell().dispatch().word())
        .cell("added, ms", signed(time.median()))
        .cell("interval, ms", interval(time))
        .cell("time", verdict(time, "slower", "faster"))
        .cell("in memory, ms", memory.map(it -> signed(it.median())).orElse(null))
        .cell("interval in memory, ms", memory.map(DispatchDifferences::interval).orElse(null))
        .cell(
            "residency",
            memory.map(it -> verdict(it, "longer", "shorter")).orElse("not of single fetches"));
  }

  private static String verdict(Shift shift, String more, String less) {
    return !shift.isBeyondNoise() ? NOISE : shift.median() > 0 ? more : less;
  }

  private static String interval(Shift shift) {
    return Double.isInfinite(shift.from())
        ? "too few"
        : signed(shift.from()) + " to " + signed(shift.to());
  }

  private static String signed(double millis) {
    return String.format(Locale.ROOT, "%+.1f", millis);
  }
}
