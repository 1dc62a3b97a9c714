package dev.retriever.loadtest.result;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The size that the plan of a scenario asks for. A run is full when each of its sizes is.
 *
 * @param least inclusive
 * @param most inclusive: of what a scenario is shared out to, fewer ask more of each
 */
public record Planned(int least, int most) {
  /** As many, or more. */
  public static Planned atLeast(int least) {
    return new Planned(least, Integer.MAX_VALUE);
  }

  /** As many, or fewer. */
  public static Planned atMost(int most) {
    return new Planned(0, most);
  }

  /** By how much a run is smaller than that; empty if it is not. */
  private Optional<String> shortfall(String size, String ran) {
    var value = Long.parseLong(ran);
    if (value < least) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%s %,d of %,d (%s %%)",
              size,
              value,
              least,
              Figure.text(100.0 * value / least)));
    }
    return value > most
        ? Optional.of(String.format(Locale.ROOT, "%s %,d, at most %,d planned", size, value, most))
        : Optional.empty();
  }

  /**
   * How a run compares with its plan.
   *
   * @param settings of the run, by name
   */
  static String compare(boolean quick, Map<String, String> settings, Map<String, Planned> plan) {
    if (quick) {
      return "quick";
    }
    if (plan.isEmpty() && settings.values().stream().anyMatch(it -> it.matches("\\d+"))) {
      return "not compared with its plan";
    }
    var smaller =
        plan.entrySet().stream()
            .filter(it -> settings.containsKey(it.getKey()))
            .flatMap(it -> it.getValue().shortfall(it.getKey(), settings.get(it.getKey())).stream())
            .toList();
    var parts = Optional.ofNullable(settings.get("only")).map(it -> "only " + it);
    if (smaller.isEmpty()) {
      return parts.orElse("full");
    }
    return "smaller: " + String.join(", ", smaller) + parts.map(it -> "; " + it).orElse("");
  }
}
