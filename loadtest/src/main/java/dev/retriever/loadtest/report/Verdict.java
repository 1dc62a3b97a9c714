package dev.retriever.loadtest.report;

import dev.retriever.loadtest.result.Figure;
import dev.retriever.loadtest.result.Grade;
import dev.retriever.loadtest.result.Result;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The verdict on a promise: that of its weakest evidence.
 *
 * @param why the reason, by figures
 * @param evidence the results that it stands on
 */
record Verdict(Promise promise, Standing standing, String why, List<Result> evidence) {
  /** The database that services run on; the embedded one is for trying out. */
  private static final String PRODUCTION = "PostgreSQL";

  private record Part(Standing standing, String why) {}

  static Verdict of(Promise promise, List<Result> results) {
    var evidence =
        results.stream().filter(it -> promise.scenarios().contains(it.scenario())).toList();
    var parts =
        promise.scenarios().stream()
            .map(
                scenario ->
                    part(
                        promise,
                        scenario,
                        evidence.stream().filter(it -> it.scenario().equals(scenario)).toList()))
            .toList();
    var least = parts.stream().map(Part::standing).min(Comparator.naturalOrder()).orElseThrow();
    // Without any evidence nothing was measured small.
    var standing = least == Standing.UNKNOWN && !evidence.isEmpty() ? Standing.SMALL : least;
    var why =
        parts.stream().filter(it -> it.standing() == least).map(Part::why).distinct().toList();
    return new Verdict(
        promise,
        standing,
        standing.compareTo(Standing.MINIMUM) > 0 ? held(evidence) : String.join("; ", why),
        evidence);
  }

  private static String held(List<Result> evidence) {
    return "full size, all %d checks kept, at %s"
        .formatted(
            evidence.stream().mapToInt(it -> it.checks().size()).sum(),
            evidence.stream()
                .map(it -> it.machine().commit())
                .distinct()
                .collect(Collectors.joining(" and ")));
  }

  private static Part part(Promise promise, String scenario, List<Result> results) {
    if (results.isEmpty()) {
      return new Part(Standing.UNKNOWN, "no record of `" + scenario + "`");
    }
    var missed = results.stream().filter(it -> !it.kept()).flatMap(Verdict::missed).toList();
    if (!missed.isEmpty()) {
      return new Part(Standing.MISSED, shortened(missed));
    }
    var full = results.stream().filter(it -> it.size().equals("full")).toList();
    if (full.isEmpty()) {
      return new Part(
          Standing.SMALL, "`" + scenario + "` " + results.get(results.size() - 1).size());
    }
    var there = full.stream().filter(it -> it.database().contains(PRODUCTION)).toList();
    if (there.isEmpty()) {
      return new Part(Standing.SMALL, "`" + scenario + "` on " + full.get(0).database() + " only");
    }
    var open = there.stream().flatMap(Verdict::open).toList();
    if (!open.isEmpty()) {
      return new Part(Standing.SMALL, "not judged: " + shortened(open));
    }
    if (there.stream().anyMatch(it -> it.grade() == Grade.MINIMUM)) {
      return new Part(Standing.MINIMUM, shortened(there.stream().flatMap(Verdict::low).toList()));
    }
    return new Part(promise.underFaults() ? Standing.PROVEN : Standing.READY, "");
  }

  private static Stream<String> missed(Result result) {
    return result.checks().isEmpty()
        ? Stream.of("`" + result.scenario() + "` checked nothing")
        : result.checks().stream().filter(it -> !it.grade().enough()).map(Verdict::said);
  }

  private static Stream<String> open(Result result) {
    return result.checks().stream()
        .filter(it -> it.grade() == Grade.NOT_JUDGED)
        .map(Result.Check::name);
  }

  private static Stream<String> low(Result result) {
    return result.checks().stream().filter(it -> it.grade() == Grade.MINIMUM).map(Verdict::said);
  }

  private static String said(Result.Check check) {
    var unit = check.unit().isEmpty() ? "" : " " + check.unit();
    return "%s: %s%s, asked %s"
        .formatted(check.name(), Figure.text(check.measured()), unit, check.threshold());
  }

  private static String shortened(List<String> all) {
    var first = new ArrayList<>(all.subList(0, Math.min(2, all.size())));
    if (all.size() > first.size()) {
      first.add("and " + (all.size() - first.size()) + " more");
    }
    return String.join("; ", first);
  }
}
