package dev.retriever.origin.simulation.cluster;

import dev.retriever.origin.simulation.trace.BrokenPromise;
import dev.retriever.origin.simulation.trace.CoverageMark;
import dev.retriever.origin.simulation.trace.Trace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The findings of the checkers in a run: broken promises and rare events. */
final class Findings {
  private final List<BrokenPromise> breaches = new ArrayList<>();
  private final Map<CoverageMark, Integer> seen = new EnumMap<>(CoverageMark.class);
  private Instant now = Trace.BEGINNING;
  private Duration ahead = Duration.ZERO;

  /** What is found from now on is found then. */
  void at(Instant instant) {
    now = instant;
  }

  Instant now() {
    return now;
  }

  /** By how much the clocks of all nodes are ahead, once they agree again. */
  void clocksAhead(Duration by) {
    ahead = by;
  }

  /** What those clocks say. */
  Instant wall() {
    return now.plus(ahead);
  }

  void saw(CoverageMark sight) {
    seen.merge(sight, 1, Integer::sum);
  }

  void broken(String promise, String subject, String what) {
    breaches.add(new BrokenPromise(promise, subject, what, Duration.between(Trace.BEGINNING, now)));
  }

  void broken(String promise, FetchHistory life, String what) {
    broken(promise, life.name(), what);
  }

  List<BrokenPromise> breaches() {
    return breaches;
  }

  Map<CoverageMark, Integer> seen() {
    return seen;
  }
}
