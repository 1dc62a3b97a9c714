package dev.retriever.loadtest.cost;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The duration of fetches from which one dispatch is cheaper than another. */
public record BreakEven(
    String one, String other, boolean oneIsCheaperAtFirst, OptionalDouble atMs) {
  /**
   * The cost of fetches of a duration.
   *
   * @param cost of any unit, the same for both
   */
  record Point(double durationMs, double cost) {}

  /**
   * Finds the first crossing of the two lines through the measured costs.
   *
   * @param ones and {@code others}: of the same durations, at least one, rising
   */
  static BreakEven between(String one, List<Point> ones, String other, List<Point> others) {
    var first = difference(ones, others, 0);
    for (var i = 1; i < ones.size(); i++) {
      var before = difference(ones, others, i - 1);
      var after = difference(ones, others, i);
      if (before < 0 != after < 0) {
        var from = ones.get(i - 1).durationMs();
        var to = ones.get(i).durationMs();
        var at = from + (to - from) * before / (before - after);
        return new BreakEven(one, other, first < 0, OptionalDouble.of(at));
      }
    }
    return new BreakEven(one, other, first < 0, OptionalDouble.empty());
  }

  private static double difference(List<Point> ones, List<Point> others, int i) {
    if (ones.get(i).durationMs() != others.get(i).durationMs()) {
      throw new IllegalArgumentException("not the same durations");
    }
    return ones.get(i).cost() - others.get(i).cost();
  }

  @Override
  public String toString() {
    var cheaper = oneIsCheaperAtFirst ? one : other;
    var dearer = oneIsCheaperAtFirst ? other : one;
    return atMs.isPresent()
        ? String.format(
            Locale.ROOT,
            "%s is cheaper up to fetches of %.0f ms, %s beyond",
            cheaper,
            atMs.getAsDouble(),
            dearer)
        : cheaper + " is cheaper than " + dearer + " at every duration measured";
  }
}
