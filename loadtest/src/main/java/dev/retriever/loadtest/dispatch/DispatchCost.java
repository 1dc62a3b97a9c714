package dev.retriever.loadtest.dispatch;

import dev.retriever.loadtest.cost.Batch;
import dev.retriever.loadtest.cost.BreakEven;
import dev.retriever.loadtest.cost.ClockSkew;
import dev.retriever.loadtest.cost.Cost;
import dev.retriever.loadtest.cost.Deviation;
import dev.retriever.loadtest.cost.InvocationLine;
import dev.retriever.loadtest.cost.Matching;
import dev.retriever.loadtest.cost.PriceSheet;
import dev.retriever.loadtest.cost.Usage;
import dev.retriever.loadtest.dispatch.Dispatch.Cell;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The average resources of a fetch of one cell.
 *
 * @param processCpuMs processor time of the nodes less their idle use, if it was measured
 * @param each the usage by the lines of the logs
 * @param residencies the time in memory of each fetch, where each has an origin of its own; else
 *     empty
 * @param busyMs the time in which its origin worked for it: the least time in memory
 * @param loads how often its origin was loaded into memory
 * @param reports the reports that its origin received
 */
record DispatchCost(
    Cell cell,
    Times times,
    Optional<Double> processCpuMs,
    Usage each,
    double[] residencies,
    double busyMs,
    double loads,
    double reports,
    Map<String, ClockSkew> skews,
    Deviation logDelay,
    List<String> warnings) {

  /**
   * In milliseconds, each of at least one.
   *
   * @param plain calls by the client alone
   * @param accepted until the submission was answered
   * @param took until the outcome was durable, or had reached the waiting caller
   */
  record Times(double[] plain, double[] accepted, double[] took) {
    /** What each took more than plain calls at the same time, which met the same load. */
    double[] added() {
      var alone = median(plain);
      return Arrays.stream(took).map(it -> it - alone).toArray();
    }

    double addedMs() {
      return median(took) - median(plain);
    }
  }

  static double median(double[] values) {
    return percentile(values, 50);
  }

  static double percentile(double[] values, int percent) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(sorted.length * percent / 100.0) - 1)];
  }

  static DispatchCost of(
      Cell cell, Times times, Optional<Double> processCpuMs, Batch batch, Matching matching) {
    var lines = matching.of(batch);
    var fetches = batch.calls().size();
    var busy =
        lines.stream()
            .filter(line -> !line.executor() && !line.isResidency())
            .mapToDouble(InvocationLine::wallTimeMs)
            .sum();
    var direct = cell.dispatch() == Dispatch.DIRECT ? cell.durationMs() : 0;
    var loads = lines.stream().filter(InvocationLine::isRecovery).count();
    return new DispatchCost(
        cell,
        times,
        processCpuMs,
        Usage.of(batch, matching).over(fetches),
        cell.origins() == Dispatch.Origins.COLD
            ? Usage.residencyByOrigin(batch, matching).values().stream()
                .mapToDouble(it -> it)
                .toArray()
            : new double[0],
        busy / fetches + direct,
        (double) loads / fetches,
        (double) lines.stream().filter(line -> line.isReport() && !line.executor()).count()
            / fetches,
        matching.skews(),
        Matching.logDelay(lines),
        matching.warnings(batch));
  }

  /** The usage if the origin had been in memory only while it worked. */
  Usage atLeast() {
    return new Usage(
        busyMs,
        each.cpuMs(),
        each.originRequests(),
        each.executorRequests(),
        each.rowsWritten(),
        each.rowsRead());
  }

  /**
   * The break-even durations between each two dispatches.
   *
   * @param atLeast whether to assume that origins leave memory as soon as they can
   */
  static List<BreakEven> breakEvens(
      List<DispatchCost> costs, PriceSheet sheet, Dispatch.Origins origins, boolean atLeast) {
    var of =
        costs.stream()
            .filter(cost -> cost.cell().origins() == origins)
            .map(
                cost ->
                    new Cost(
                        cost.cell().name(),
                        cost.cell().dispatch().word(),
                        cost.cell().durationMs(),
                        cost.cell().fetches(),
                        atLeast ? cost.atLeast() : cost.each()))
            .toList();
    return Cost.breakEvens(of, sheet);
  }
}
