package dev.retriever.loadtest.cost;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Assigns lines of invocation logs to batches, by origin, fetch and time. Where several batches
 * have the origin, the nearest call decides. A time in memory belongs to each batch that it
 * overlaps.
 *
 * @param ofBatch lines by the name of the batch
 * @param others lines without a batch
 * @param skews by node
 */
public record Matching(
    Map<String, List<InvocationLine>> ofBatch,
    List<InvocationLine> others,
    Map<String, ClockSkew> skews) {
  /** Clocks are read in whole milliseconds. */
  private static final double ROUNDING = 2;

  private record Candidate(Batch batch, Batch.Call call) {}

  public static Matching of(List<InvocationLine> lines, List<Batch> batches) {
    var skews =
        lines.stream().collect(Collectors.groupingBy(InvocationLine::node)).entrySet().stream()
            .collect(
                Collectors.toMap(Map.Entry::getKey, it -> ClockSkew.of(it.getValue(), batches)));
    var byOrigin = new HashMap<String, List<Candidate>>();
    var ofBatch = new LinkedHashMap<String, List<InvocationLine>>();
    for (var batch : batches) {
      ofBatch.put(batch.name(), new ArrayList<>());
      for (var call : batch.calls()) {
        byOrigin
            .computeIfAbsent(call.originId(), id -> new ArrayList<>())
            .add(new Candidate(batch, call));
      }
    }
    var others = new ArrayList<InvocationLine>();
    for (var line : lines) {
      var candidates = byOrigin.getOrDefault(line.originId(), List.of());
      var of = owners(line, candidates, skews.get(line.node()));
      of.forEach(batch -> ofBatch.get(batch.name()).add(line));
      if (of.isEmpty()) {
        others.add(line);
      }
    }
    return new Matching(ofBatch, others, skews);
  }

  private static List<Batch> owners(
      InvocationLine line, List<Candidate> candidates, ClockSkew skew) {
    var from = line.timestampMs() - skew.aheadMs();
    var to = line.endMs() - skew.aheadMs();
    return line.isResidency()
        ? candidates.stream()
            .map(Candidate::batch)
            .distinct()
            .filter(batch -> batch.fromMs() <= to && from <= batch.toMs())
            .toList()
        : nearest(line, candidates, from, to, skew.withinMs() + ROUNDING)
            .map(it -> List.of(it.batch()))
            .orElse(List.of());
  }

  private static Optional<Candidate> nearest(
      InvocationLine line, List<Candidate> candidates, double from, double to, double tolerance) {
    return candidates.stream()
        .filter(it -> isOf(line, it.call()) && isWithin(it.batch(), from, to, tolerance))
        .min(
            Comparator.<Candidate>comparingDouble(it -> it.call().distance(from, to))
                .thenComparingDouble(it -> it.call().distanceToItsEnds(from, to)));
  }

  private static boolean isOf(InvocationLine line, Batch.Call call) {
    return line.fetchId().filter(id -> !id.equals(call.fetchId())).isEmpty();
  }

  private static boolean isWithin(Batch batch, double from, double to, double tolerance) {
    return to >= batch.fromMs() - tolerance && from <= batch.toMs() + tolerance;
  }

  public List<InvocationLine> of(Batch batch) {
    return ofBatch.get(batch.name());
  }

  /** Sentences about lines and calls that do not match. */
  public List<String> warnings(Batch batch) {
    var lines = of(batch);
    var fetches = batch.calls().stream().map(Batch.Call::fetchId).count();
    var warnings = new ArrayList<String>();
    expect(warnings, batch, "submissions", fetches, count(lines, InvocationLine::isSubmission));
    var reports = count(lines, line -> line.isReport() && !line.executor());
    if (reports < batch.attempts()) {
      // More may be: executors repeat what they have not been acknowledged.
      expect(warnings, batch, "reports at origins", batch.attempts(), reports);
    }
    expect(
        warnings,
        batch,
        "attempts of executors",
        batch.direct() ? 0 : batch.attempts(),
        count(lines, InvocationLine::executor));
    var loaded = count(lines, InvocationLine::isRecovery);
    var left = count(lines, InvocationLine::isResidency);
    if (loaded > left) {
      warnings.add(
          "%s: origins came into memory %d times and left it %d times: the rest is not counted as residency"
              .formatted(batch.name(), loaded, left));
    }
    return warnings;
  }

  private static void expect(
      List<String> warnings, Batch batch, String what, long expected, long found) {
    if (expected != found) {
      warnings.add("%s: %d %s, expected %d".formatted(batch.name(), found, what, expected));
    }
  }

  private static long count(List<InvocationLine> lines, Predicate<InvocationLine> which) {
    return lines.stream().filter(which).count();
  }

  /** The time from the end of an invocation until its line was written, for lines that say so. */
  public static Deviation logDelay(List<InvocationLine> lines) {
    return Deviation.of(
        lines.stream()
            .filter(line -> line.loggedMs().isPresent())
            .mapToDouble(line -> Math.max(0, line.loggedMs().getAsLong() - line.endMs())));
  }
}
