package dev.retriever.loadtest;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a run of {@link Crowd} has measured.
 *
 * @param empty how long a node took to start that knew no origin
 * @param crowded how long it took with all of them pending, after it was killed
 */
record CrowdReport(
    Scenario.Load load,
    List<Phase> phases,
    Duration empty,
    Duration crowded,
    long pendingBefore,
    long pendingAfter,
    Optional<Long> peakRssBytes) {
  private static final String ROW = "%-28s %9s %9s %9s %9s %14s%n";

  int failed() {
    return phases.stream().mapToInt(phase -> phase.driven().failed()).sum();
  }

  boolean kept() {
    return failed() == 0 && pendingBefore == pendingAfter;
  }

  void print(PrintStream out) {
    out.println();
    out.printf(ROW, "phase", "per s", "p50 ms", "p95 ms", "p99 ms", "node CPU ms");
    phases.forEach(phase -> print(phase, out));
    out.printf(
        "%nready after %.1f s with %d fetches pending in one origin, %.1f s with none%n",
        seconds(crowded), pendingAfter, seconds(empty));
    out.printf(
        "peak memory of the node: %s%n",
        peakRssBytes.map(bytes -> (bytes >> 20) + " MiB").orElse("n/a"));
    out.println(
        kept()
            ? "all that was pending before the kill is pending after it"
            : "NOT AS PROMISED: %d pending before, %d after, %d failed calls"
                .formatted(pendingBefore, pendingAfter, failed()));
    phases.forEach(
        phase ->
            phase
                .driven()
                .firstFailure()
                .ifPresent(why -> out.printf("  %s: %s%n", phase.name(), why)));
  }

  /** CPU time is for each call: seconds for a thousand are milliseconds for one. */
  private static void print(Phase phase, PrintStream out) {
    var ms = Phase.percentiles(phase.latencies().get("call"));
    out.printf(
        ROW,
        phase.name(),
        "%.0f".formatted(phase.perSecond()),
        "%.1f".formatted(ms.get("p50")),
        "%.1f".formatted(ms.get("p95")),
        "%.1f".formatted(ms.get("p99")),
        phase.nodeCpuSecondsPerThousand().map("%.2f"::formatted).orElse("-"));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  String json() {
    var json = new ObjectMapper().createObjectNode().put("scenario", "crowd");
    json.put("fetches", load.fetches()).put("concurrency", load.concurrency());
    json.put("processors", Runtime.getRuntime().availableProcessors());
    json.put("java", System.getProperty("java.version"));
    var each = json.putArray("phases");
    phases.forEach(phase -> phase.json(each.addObject()));
    json.put("startEmptySeconds", seconds(empty)).put("startCrowdedSeconds", seconds(crowded));
    json.put("pendingBefore", pendingBefore).put("pendingAfter", pendingAfter);
    peakRssBytes.ifPresent(bytes -> json.put("nodePeakRssBytes", bytes));
    return json.put("failedCalls", failed()).put("kept", kept()).toPrettyString();
  }

  Path write() throws IOException {
    return Results.write("crowd", load.out(), json());
  }
}
