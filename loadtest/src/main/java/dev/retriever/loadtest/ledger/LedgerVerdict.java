package dev.retriever.loadtest.ledger;

import java.util.List;
import java.util.Map;

/**
 * What the ledger comes to.
 *
 * @param tallies by kind, in the order of acceptance
 */
public record LedgerVerdict(Map<String, Tally> tallies, List<Breach> breaches) {
  private static final int SHOWN = 20;

  public Tally total() {
    return tallies.values().stream().reduce(Tally.NONE, Tally::plus);
  }

  public boolean kept() {
    return breaches.isEmpty();
  }

  /** Fetches with at least one breach of the kind. */
  public long count(Breach.Kind kind) {
    return breaches.stream()
        .filter(breach -> breach.kind() == kind)
        .map(Breach::fetchId)
        .distinct()
        .count();
  }

  /** Each breach with its fetch; past twenty only how many more. */
  public String complaint() {
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
