package dev.retriever.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The page of a node's metrics, as Prometheus reads it. */
public record MetricsPage(List<Series> all) {
  private static final Pattern LINE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern OF_HISTOGRAM = Pattern.compile("_(bucket|count|sum)$");

  /**
   * One line.
   *
   * @param name with the suffix of its kind
   */
  public record Series(String name, Map<String, String> labels, double value) {
    /** The name that the documentation has. */
    String metric(Set<String> histograms) {
      var base = OF_HISTOGRAM.matcher(name).replaceFirst("");
      return histograms.contains(base) ? base : name;
    }
  }

  public static MetricsPage of(String text) {
    var series = new ArrayList<Series>();
    for (var line : text.lines().filter(it -> !it.startsWith("#")).toList()) {
      var match = LINE.matcher(line);
      if (!match.matches()) {
        throw new AssertionError("no line of a page of metrics: " + line);
      }
      var labels = new TreeMap<String, String>();
      if (match.group(2) != null) {
        LABEL
            .matcher(match.group(2))
            .results()
            .forEach(label -> labels.put(label.group(1), label.group(2)));
      }
      series.add(new Series(match.group(1), labels, Double.parseDouble(match.group(3))));
    }
    return new MetricsPage(series);
  }

  public static MetricsPage of(RunningNode node) {
    return of(node.management().get("/metrics").text());
  }

  /** The labels of each metric, without the buckets of histograms. */
  public Map<String, Set<String>> labelsByMetric() {
    var histograms = new TreeSet<String>();
    all.stream()
        .filter(it -> it.name().endsWith("_bucket"))
        .forEach(it -> histograms.add(it.name().replaceFirst("_bucket$", "")));
    var found = new TreeMap<String, Set<String>>(Comparator.naturalOrder());
    for (var series : all) {
      var labels = found.computeIfAbsent(series.metric(histograms), name -> new TreeSet<>());
      series.labels().keySet().stream().filter(label -> !label.equals("le")).forEach(labels::add);
    }
    return found;
  }

  /** The sum of the series of that name that have those labels, names and values by turns. */
  public double sum(String name, String... labels) {
    return with(name, labels).mapToDouble(Series::value).sum();
  }

  public Stream<Series> with(String name, String... labels) {
    return all.stream()
        .filter(it -> it.name().equals(name))
        .filter(
            it -> {
              for (var n = 0; n < labels.length; n += 2) {
                if (!labels[n + 1].equals(it.labels().get(labels[n]))) {
                  return false;
                }
              }
              return true;
            });
  }
}
