package dev.retriever.loadtest;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a throughput run has measured, for the terminal and as JSON. */
record ThroughputReport(
    Scenario.Load load, List<Phase> phases, Verdict verdict, Optional<Long> peakRssBytes) {
  private static final String ROW = "%-18s %-8s %9s %8s %9s %9s %9s %9s %12s%n";

  int failed() {
    return phases.stream().mapToInt(phase -> phase.driven().failed()).sum();
  }

  boolean kept() {
    return verdict.kept() && failed() == 0;
  }

  void print(PrintStream out) {
    out.println();
    out.printf(
        "%d fetches, concurrency %d, %d origins%n",
        load.fetches(), load.concurrency(), load.origins());
    out.printf(ROW, "phase", "ms to", "per s", "ratio", "p50", "p95", "p99", "max", "node CPU s/k");
    phases.forEach(phase -> print(phase, out));
    out.printf(
        "%npeak memory of the node: %s%n",
        peakRssBytes.map(bytes -> (bytes >> 20) + " MiB").orElse("n/a"));
    out.printf(
        "accepted %d, settled %d, hits %d, duplicates %d, lost %d, failed calls %d%n",
        verdict.total().accepted(),
        verdict.total().accepted() - verdict.total().lost(),
        verdict.total().hits(),
        verdict.count(Breach.Kind.DUPLICATE),
        verdict.count(Breach.Kind.LOST),
        failed());
    out.println(kept() ? "accepted = settled, no duplicates" : "NOT AS PROMISED");
    phases.forEach(
        phase ->
            phase
                .driven()
                .firstFailure()
                .ifPresent(why -> out.printf("  %s: %s%n", phase.name(), why)));
    out.print(verdict.complaint());
  }

  private void print(Phase phase, PrintStream out) {
    var cpu = phase.nodeCpuSecondsPerThousand().map("%.2f"::formatted).orElse("-");
    phase
        .latencies()
        .forEach(
            (of, histogram) -> {
              var ms = Phase.percentiles(histogram);
              out.printf(
                  ROW,
                  phase.name(),
                  of,
                  "%.0f".formatted(phase.perSecond()),
                  "%.3f".formatted(Throughput.ratio(phases, phase)),
                  "%.1f".formatted(ms.get("p50")),
                  "%.1f".formatted(ms.get("p95")),
                  "%.1f".formatted(ms.get("p99")),
                  "%.1f".formatted(ms.get("max")),
                  cpu);
            });
  }

  String json() {
    var json = new ObjectMapper().createObjectNode().put("scenario", "throughput");
    json.put("fetches", load.fetches()).put("concurrency", load.concurrency());
    json.put("origins", load.origins());
    json.put("processors", Runtime.getRuntime().availableProcessors());
    json.put("java", System.getProperty("java.version"));
    var each = json.putArray("phases");
    phases.forEach(
        phase -> {
          var into = each.addObject();
          phase.json(into);
          into.put("ratioToDirect", Throughput.ratio(phases, phase));
        });
    peakRssBytes.ifPresent(bytes -> json.put("nodePeakRssBytes", bytes));
    json.putObject("verdict")
        .put("accepted", verdict.total().accepted())
        .put("lost", verdict.total().lost())
        .put("hits", verdict.total().hits())
        .put("attempts", verdict.total().attempts())
        .put("breaches", verdict.breaches().size())
        .put("failedCalls", failed())
        .put("kept", kept());
    return json.toPrettyString();
  }

  Path write() throws IOException {
    return Results.write("throughput", load.out(), json());
  }
}
