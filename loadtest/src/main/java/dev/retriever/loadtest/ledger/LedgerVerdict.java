package dev.retriever.loadtest.ledger;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The verdict of the ledger.
 *
 * @param tallies by kind, in the order of acceptance
 */
public record LedgerVerdict(Map<String, Tally> tallies, List<Breach> breaches) {
  private static final int SHOWN = 20;

  /** Of this part of a run and another one. */
  public LedgerVerdict plus(LedgerVerdict other) {
    var both = new LinkedHashMap<>(tallies);
    other.tallies.forEach((kind, tally) -> both.merge(kind, tally, Tally::plus));
    return new LedgerVerdict(
        both, Stream.concat(breaches.stream(), other.breaches.stream()).toList());
  }

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

  /** All breaches with their fetches, one on a line; after twenty only the number of the rest. */
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
