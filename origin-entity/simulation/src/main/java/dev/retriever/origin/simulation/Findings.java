package dev.retriever.origin.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What was found in a run by those who watch it: promises that were broken, and rare events. */
final class Findings {
  private final List<Breach> breaches = new ArrayList<>();
  private final Map<Sight, Integer> seen = new EnumMap<>(Sight.class);
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

  void saw(Sight sight) {
    seen.merge(sight, 1, Integer::sum);
  }

  void broken(String promise, String subject, String what) {
    breaches.add(new Breach(promise, subject, what, Duration.between(Trace.BEGINNING, now)));
  }

  void broken(String promise, Life life, String what) {
    broken(promise, life.name(), what);
  }

  List<Breach> breaches() {
    return breaches;
  }

  Map<Sight, Integer> seen() {
    return seen;
  }
}
