package dev.retriever.loadtest.cost;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Resources that fetches used.
 *
 * @param residencyMs the time that origins were in memory
 * @param cpuMs processor time of origins and executors, by their lines
 * @param originRequests messages to origins: commands, reports, alarms, wake-ups
 * @param executorRequests attempts that executors made
 */
public record Usage(
    double residencyMs,
    double cpuMs,
    double originRequests,
    double executorRequests,
    double rowsWritten,
    double rowsRead) {
  static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0);

  /**
   * The usage of a batch. An origin's time in memory counts as far as it is within the batch's
   * time.
   */
  public static Usage of(Batch batch, Matching matching) {
    return matching.of(batch).stream()
        .map(line -> of(line, batch, matching.skews().get(line.node()).aheadMs()))
        .reduce(NONE, Usage::plus);
  }

  /** The usage of all lines. */
  public static Usage of(List<InvocationLine> lines) {
    return lines.stream().map(line -> of(line, line.wallTimeMs())).reduce(NONE, Usage::plus);
  }

  /** The time that each origin of a batch was in memory within the batch's time, by its id. */
  public static Map<String, Double> residencyByOrigin(Batch batch, Matching matching) {
    var byOrigin = new HashMap<String, Double>();
    for (var line : matching.of(batch)) {
      if (line.isResidency()) {
        var usage = of(line, batch, matching.skews().get(line.node()).aheadMs());
        byOrigin.merge(line.originId(), usage.residencyMs(), Double::sum);
      }
    }
    return byOrigin;
  }

  private static Usage of(InvocationLine line, Batch batch, double aheadMs) {
    var from = Math.max(batch.fromMs(), line.timestampMs() - aheadMs);
    var to = Math.min(batch.toMs(), line.endMs() - aheadMs);
    return of(line, Math.max(0, to - from));
  }

  private static Usage of(InvocationLine line, double residencyMs) {
    if (line.isResidency()) {
      // Its other figures are the sums of what the lines before it say.
      return new Usage(residencyMs, 0, 0, 0, 0, 0);
    }
    var asked = line.executor() || line.isRecovery() ? 0 : 1;
    return new Usage(
        0, line.cpuTimeMs(), asked, line.executor() ? 1 : 0, line.rowsWritten(), line.rowsRead());
  }

  Usage plus(Usage other) {
    return new Usage(
        residencyMs + other.residencyMs,
        cpuMs + other.cpuMs,
        originRequests + other.originRequests,
        executorRequests + other.executorRequests,
        rowsWritten + other.rowsWritten,
        rowsRead + other.rowsRead);
  }

  /** The average of so many fetches. */
  public Usage over(int fetches) {
    return new Usage(
        residencyMs / fetches,
        cpuMs / fetches,
        originRequests / fetches,
        executorRequests / fetches,
        rowsWritten / fetches,
        rowsRead / fetches);
  }
}
