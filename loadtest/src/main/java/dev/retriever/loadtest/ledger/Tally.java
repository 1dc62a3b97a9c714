package dev.retriever.loadtest.ledger;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Sums over fetches.
 *
 * @param settled by outcome type
 * @param hits requests that the target received
 * @param attempts attempts that the node has journaled
 */
public record Tally(int accepted, Map<String, Integer> settled, int hits, int attempts) {
  public static final Tally NONE = new Tally(0, Map.of(), 0, 0);

  static Tally of(Optional<FetchAnswer> view, Map<Integer, Integer> hits) {
    return new Tally(
        1,
        view.flatMap(FetchAnswer::outcome).map(o -> Map.of(o.type(), 1)).orElse(Map.of()),
        hits.values().stream().mapToInt(Integer::intValue).sum(),
        view.map(v -> v.attempts().size()).orElse(0));
  }

  Tally plus(Tally other) {
    var both = new TreeMap<>(settled);
    other.settled.forEach((type, count) -> both.merge(type, count, Integer::sum));
    return new Tally(accepted + other.accepted, both, hits + other.hits, attempts + other.attempts);
  }

  public int settled(String type) {
    return settled.getOrDefault(type, 0);
  }

  public int lost() {
    return accepted - settled.values().stream().mapToInt(Integer::intValue).sum();
  }
}
