package dev.retriever.loadtest.cost;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The average usage of a fetch of a batch.
 *
 * @param dispatch the dispatch of the batch
 * @param durationMs the time that the target took
 */
public record Cost(String name, String dispatch, double durationMs, int fetches, Usage each) {
  static Cost of(Batch batch, Matching matching) {
    var fetches = batch.calls().size();
    return new Cost(
        batch.name(),
        batch.dispatch(),
        batch.durationMs(),
        fetches,
        Usage.of(batch, matching).over(fetches));
  }

  /**
   * The break-even durations of each two dispatches that were measured at the same durations, at
   * least two.
   */
  public static List<BreakEven> breakEvens(List<Cost> costs, PriceSheet prices) {
    var curves = new LinkedHashMap<String, List<BreakEven.Point>>();
    costs.stream()
        .sorted(Comparator.comparingDouble(Cost::durationMs))
        .forEach(
            cost ->
                curves
                    .computeIfAbsent(cost.dispatch(), dispatch -> new ArrayList<>())
                    .add(new BreakEven.Point(cost.durationMs(), prices.perMillion(cost.each()))));
    var found = new ArrayList<BreakEven>();
    var all = List.copyOf(curves.entrySet());
    for (var i = 0; i < all.size(); i++) {
      for (var j = i + 1; j < all.size(); j++) {
        if (comparable(all.get(i), all.get(j))) {
          found.add(
              BreakEven.between(
                  all.get(i).getKey(),
                  all.get(i).getValue(),
                  all.get(j).getKey(),
                  all.get(j).getValue()));
        }
      }
    }
    return found;
  }

  private static boolean comparable(
      Map.Entry<String, List<BreakEven.Point>> one,
      Map.Entry<String, List<BreakEven.Point>> other) {
    var durations = durations(one);
    return durations.size() > 1 && durations.equals(durations(other));
  }

  private static List<Double> durations(Map.Entry<String, List<BreakEven.Point>> curve) {
    return curve.getValue().stream().map(BreakEven.Point::durationMs).toList();
  }
}
