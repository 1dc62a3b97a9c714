package dev.retriever.loadtest.report;

import dev.retriever.loadtest.result.Figure;
import dev.retriever.loadtest.result.Result;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What moved beyond noise between older and newer results. Where a scenario ran several times, all
 * of its runs count: noise is at least what they differ by.
 */
public final class Comparison {
  /** Times of the slowest calls vary most between like runs. */
  private static final Noise TAIL = new Noise(0.5, 5);

  private static final Noise TIME = new Noise(0.25, 2);
  private static final Noise MEMORY = new Noise(0.15, 5);
  private static final Noise OTHER = new Noise(0.25, 0);

  private static final int SHOWN = 40;

  /**
   * What like runs differ by.
   *
   * @param part of the value
   * @param least in the unit of the value, for small ones
   */
  private record Noise(double part, double least) {
    static Noise of(Key key) {
      if (key.column().matches("(p95|p99|max).*|.* p99.*")) {
        return TAIL;
      }
      return switch (key.unit()) {
        case "ms", "ms/call", "ms/fetch" -> TIME;
        case "MiB", "" -> MEMORY;
        default -> OTHER;
      };
    }
  }

  /**
   * A figure's place in a result.
   *
   * @param row its texts
   */
  private record Key(String run, String table, String row, String column, String unit) {
    String words() {
      return "%s: %s, %s%s".formatted(run, table, row.isEmpty() ? "" : row + ", ", column);
    }
  }

  private record Moved(Key key, double before, double now) {
    double factor() {
      return before == 0 || now == 0 ? Double.MAX_VALUE : Math.max(before / now, now / before);
    }

    String words() {
      var change =
          before == 0
              ? ""
              : String.format(Locale.ROOT, " (%+.0f %%)", 100 * (now - before) / Math.abs(before));
      var unit = key.unit().isEmpty() ? "" : " " + key.unit();
      return "%s: %s → %s%s%s%s"
          .formatted(key.words(), Figure.text(before), Figure.text(now), unit, change, sense());
    }

    /** Whether that is good, where the unit says it. */
    private String sense() {
      return switch (key.unit()) {
        case "1/s", "MB/s" -> now > before ? ", better" : ", worse";
        case "ms", "s", "ms/call", "ms/fetch", "MiB" -> now < before ? ", better" : ", worse";
        default -> "";
      };
    }
  }

  private final List<String> lines = new ArrayList<>();

  private Comparison() {}

  /**
   * @param older results of the same scenarios; others are not looked at
   */
  public static Comparison of(List<Result> older, List<Result> newer) {
    var comparison = new Comparison();
    var figures = 0;
    var moved = new ArrayList<Moved>();
    for (var run : newer.stream().map(ScenarioPages::title).distinct().toList()) {
      var now = of(newer, run);
      var before = comparison.like(of(older, run), now, run);
      if (!before.isEmpty()) {
        comparison.verdicts(before, now, run);
        var old = figures(before);
        var fresh = figures(now);
        fresh.keySet().retainAll(old.keySet());
        figures += fresh.size();
        fresh.forEach((key, values) -> moved(key, old.get(key), values, moved));
      }
    }
    moved.stream()
        .sorted(Comparator.comparing(Moved::factor).reversed())
        .limit(SHOWN)
        .forEach(it -> comparison.lines.add(it.words()));
    if (moved.size() > SHOWN) {
      comparison.lines.add("… and " + (moved.size() - SHOWN) + " more");
    }
    comparison.lines.add(
        ("%d figures compared, %d moved beyond noise: what runs of the same kind differed by, and at least"
                + " 50 %% for p95, p99 and max, 25 %% for rates and other times, 15 %% for memory and"
                + " counts.")
            .formatted(figures, moved.size()));
    return comparison;
  }

  /** One line for each figure and verdict that moved, the largest change first; then a sum. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  private static List<Result> of(List<Result> results, String run) {
    return results.stream().filter(it -> ScenarioPages.title(it).equals(run)).toList();
  }

  /** Older runs of the same sizes; says why there are none. */
  private List<Result> like(List<Result> older, List<Result> newer, String run) {
    var settings = newer.get(0).settings();
    var like = older.stream().filter(it -> it.settings().equals(settings)).toList();
    if (like.isEmpty()) {
      lines.add(
          older.isEmpty()
              ? run + ": no older result"
              : run + ": older results have other sizes, so nothing is compared");
    } else if (!machine(like.get(0)).equals(machine(newer.get(0)))) {
      lines.add(
          "%s: on another machine (%s) than before (%s), so times say little"
              .formatted(run, machine(newer.get(0)), machine(like.get(0))));
    }
    return like;
  }

  private static String machine(Result result) {
    return result.machine().cores() + " cores, " + result.machine().memoryMib() + " MiB";
  }

  private void verdicts(List<Result> older, List<Result> newer, String run) {
    var before =
        older.get(older.size() - 1).checks().stream()
            .collect(Collectors.toMap(Result.Check::name, it -> it, (one, other) -> one));
    for (var check : newer.get(newer.size() - 1).checks()) {
      var old = before.get(check.name());
      if (old != null && old.grade() != check.grade()) {
        lines.add(
            "%s: %s was %s (%s), is %s (%s)"
                .formatted(
                    run,
                    check.name(),
                    old.grade().words(),
                    Figure.text(old.measured()),
                    check.grade().words(),
                    Figure.text(check.measured())));
      }
    }
  }

  private static Map<Key, List<Double>> figures(List<Result> results) {
    var figures = new LinkedHashMap<Key, List<Double>>();
    for (var result : results) {
      for (var table : result.tables()) {
        for (var i = 0; i < table.rows().size(); i++) {
          cells(ScenarioPages.title(result), table, i, figures);
        }
      }
    }
    return figures;
  }

  private static void cells(
      String run, Result.Table table, int index, Map<Key, List<Double>> into) {
    var row = table.rows().get(index);
    var name = rowName(table, index);
    for (var i = 0; i < row.size(); i++) {
      if (row.get(i) instanceof Number number) {
        var column = table.columns().get(i);
        var key = new Key(run, table.title(), name, column.name(), column.unit());
        into.computeIfAbsent(key, it -> new ArrayList<>()).add(number.doubleValue());
      }
    }
  }

  /** The texts of a row; without any its number, if there are several. */
  private static String rowName(Result.Table table, int index) {
    var texts =
        table.rows().get(index).stream()
            .filter(String.class::isInstance)
            .map(String.class::cast)
            .collect(Collectors.joining(", "));
    return texts.isEmpty() && table.rows().size() > 1 ? "row " + (index + 1) : texts;
  }

  private static void moved(Key key, List<Double> before, List<Double> now, List<Moved> into) {
    var noise = Noise.of(key);
    var low = before.stream().mapToDouble(it -> it).min().orElseThrow();
    var high = before.stream().mapToDouble(it -> it).max().orElseThrow();
    var value = median(now);
    var room = Math.max(noise.least(), noise.part() * Math.abs(median(before)));
    if (value < low - room || value > high + room) {
      into.add(new Moved(key, median(before), value));
    }
  }

  private static double median(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
