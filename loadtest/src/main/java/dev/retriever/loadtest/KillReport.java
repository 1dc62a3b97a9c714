package dev.retriever.loadtest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * The table of the kill tests, one line for each, and the same as JSON.
 *
 * @param notRun the names of those that could not be run
 */
record KillReport(Kills.Options options, List<KillResult> results, List<String> notRun) {
  private static final String ROW = "%-10s %-9s %8s %8s %5s %7s %6s %8s %13s %7s %21s  %s%n";

  KillReport {
    results = List.copyOf(results);
    notRun = List.copyOf(notRun);
  }

  /** Whether every test was run and as it is to be; none at all is not. */
  boolean kept() {
    return notRun.isEmpty() && !results.isEmpty() && results.stream().allMatch(KillResult::kept);
  }

  void print(PrintStream out) {
    out.printf("%n%s size, seed %d%n", options.quick() ? "quick" : "full", options.seed());
    out.printf(
        ROW,
        "test",
        "size",
        "accepted",
        "settled",
        "lost",
        "unknown",
        "twice",
        "extra",
        "silent s",
        "last s",
        "settle s p50/p99/max",
        "ok");
    results.forEach(result -> row(result, out));
    notRun.forEach(test -> out.printf("%-10s could not be run: NOT OK%n", test));
    out.println(
        """

        twice: duplicates that must not be; extra: hits repeated after a crash, as is allowed; silent: from the
        blow until all shards answered, median/longest; last: from the last blow until all settled that was
        accepted before it""");
    for (var result : results) {
      if (!result.kept()) {
        out.printf("%n%s: NOT AS PROMISED%n%s", result.test(), result.verdict().complaint());
        result.complaints().forEach(complaint -> out.printf("  %s%n", complaint));
      }
    }
  }

  private static void row(KillResult result, PrintStream out) {
    var total = result.verdict().total();
    var times = result.settleTimes();
    out.printf(
        ROW,
        result.test(),
        result.size(),
        total.accepted(),
        total.accepted() - total.lost(),
        total.lost(),
        total.settled("unknown"),
        result.verdict().count(Breach.Kind.DUPLICATE),
        result.extraHits(),
        median(result.silences()).map(KillReport::seconds).orElse("-")
            + "/"
            + result.silences().stream()
                .max(Duration::compareTo)
                .map(KillReport::seconds)
                .orElse("-"),
        result.lastSettled().map(KillReport::seconds).orElse("-"),
        "%s/%s/%s".formatted(at(times, 50), at(times, 99), at(times, 100)),
        result.kept() ? "ok" : "NOT OK");
  }

  private static String at(Histogram times, double percentile) {
    return "%.2f".formatted(times.getValueAtPercentile(percentile) / 1e3);
  }

  static Optional<Duration> median(List<Duration> times) {
    return times.isEmpty()
        ? Optional.empty()
        : Optional.of(times.stream().sorted().toList().get((times.size() - 1) / 2));
  }

  private static String seconds(Duration time) {
    return "%.1f".formatted(time.toMillis() / 1e3);
  }

  String json() {
    var json = new ObjectMapper().createObjectNode().put("scenario", "kills");
    json.put("quick", options.quick()).put("seed", options.seed());
    options.nodeOptions().forEach(json.putArray("nodeOptions")::add);
    json.put("processors", Runtime.getRuntime().availableProcessors());
    json.put("java", System.getProperty("java.version"));
    var tests = json.putArray("tests");
    results.forEach(result -> json(result, tests.addObject()));
    notRun.forEach(json.putArray("notRun")::add);
    return json.put("kept", kept()).toPrettyString();
  }

  private static void json(KillResult result, ObjectNode json) {
    var total = result.verdict().total();
    json.put("test", result.test()).put("size", result.size());
    json.put("accepted", total.accepted()).put("lost", total.lost());
    total.settled().forEach(json.putObject("settled")::put);
    json.put("hits", total.hits()).put("extraHits", result.extraHits());
    json.put("refusedSubmissions", result.refused()).put("underWayAtBlows", result.underWay());
    var breaches = json.putObject("breaches");
    for (var kind : Breach.Kind.values()) {
      breaches.put(kind.name().toLowerCase(java.util.Locale.ROOT), result.verdict().count(kind));
    }
    var silences = json.putArray("silentSeconds");
    result.silences().forEach(silence -> silences.add(silence.toMillis() / 1e3));
    result.lastSettled().ifPresent(last -> json.put("lastSettledSeconds", last.toMillis() / 1e3));
    var times = json.putObject("settleMs");
    times.put("p50", result.settleTimes().getValueAtPercentile(50));
    times.put("p99", result.settleTimes().getValueAtPercentile(99));
    times.put("max", result.settleTimes().getMaxValue());
    result.complaints().forEach(json.putArray("complaints")::add);
    json.put("kept", result.kept());
  }

  Path write(Optional<Path> out) throws IOException {
    return Results.write("kills", out, json());
  }
}
