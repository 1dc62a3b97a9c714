package dev.retriever.loadtest;

import java.util.List;
import java.util.Map;

/**
 * What the ledger comes to.
 *
 * @param tallies by kind, in the order of acceptance
 */
record Verdict(Map<String, Tally> tallies, List<Breach> breaches) {
  private static final int SHOWN = 20;

  Tally total() {
    return tallies.values().stream().reduce(Tally.NONE, Tally::plus);
  }

  boolean kept() {
    return breaches.isEmpty();
  }

  /** Fetches with at least one breach of the kind. */
  long count(Breach.Kind kind) {
    return breaches.stream()
        .filter(breach -> breach.kind() == kind)
        .map(Breach::fetchId)
        .distinct()
        .count();
  }

  /** Each breach with its fetch; past twenty only how many more. */
  String complaint() {
    var text = new StringBuilder();
    breaches.stream()
        .limit(SHOWN)
        .forEach(b -> text.append("  %-9s %s: %s%n".formatted(b.kind(), b.fetchId(), b.what())));
    if (breaches.size() > SHOWN) {
      text.append("  and %d more%n".formatted(breaches.size() - SHOWN));
    }
    return text.toString();
  }
}
