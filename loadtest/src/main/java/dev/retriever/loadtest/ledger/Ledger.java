package dev.retriever.loadtest.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The checker. It records the fetches that nodes accepted and their later answers, and compares
 * them with the hits at the target, which it trusts. It uses no clock and no network. Thread-safe.
 */
public final class Ledger {
  /**
   * A fetch that the node has accepted.
   *
   * @param kind groups fetches in the tallies
   * @param repeatable whether its target may be hit more than once at all
   * @param possible the possible outcome types
   */
  public record Accepted(String id, String kind, boolean repeatable, Set<String> possible) {}

  /**
   * The tolerance for attempts that come too early: target and nodes read the same clock, in
   * milliseconds, which may be set meanwhile.
   */
  static final long TOLERANCE_MS = 20;

  private final Map<String, Accepted> accepted = new LinkedHashMap<>();
  private final Map<String, FetchAnswer> latest = new HashMap<>();
  private final Map<String, String> changed = new HashMap<>();
  private final Set<String> doubtful = new HashSet<>();

  public synchronized void accepted(Accepted fetch) {
    accepted.put(fetch.id(), fetch);
  }

  /** Records a submission without an answer, which may or may not have been accepted. */
  public synchronized void doubtful(String fetchId) {
    doubtful.add(fetchId);
  }

  public synchronized void read(FetchAnswer now) {
    var before = latest.put(now.id(), now);
    if (before == null || before.outcome().isEmpty()) {
      return;
    }
    if (!before.outcome().equals(now.outcome())) {
      changed.putIfAbsent(now.id(), "was " + said(before) + ", then " + said(now));
    }
  }

  /** Records that a node does not know the fetch. */
  public synchronized void missing(String fetchId) {
    changed.putIfAbsent(fetchId, "was accepted, then not found");
  }

  /** The last read of each accepted fetch. */
  public synchronized List<FetchAnswer> latest() {
    return accepted.keySet().stream().map(latest::get).filter(view -> view != null).toList();
  }

  /** Forgets all fetches, after their verdict: a long run judges one part after the other. */
  public synchronized void forget() {
    accepted.clear();
    latest.clear();
    changed.clear();
    doubtful.clear();
  }

  private static String said(FetchAnswer view) {
    return view.outcome()
        .map(o -> o.type() + o.status().map(s -> " " + s).orElse("") + " at " + o.settledAt())
        .orElse("pending");
  }

  /** Judges all records against the hits by fetch and attempt. */
  public LedgerVerdict verdict(Map<String, Map<Integer, Integer>> hits) {
    return verdict(hits, List.of());
  }

  /**
   * @param early attempts that came before the target's {@code Retry-After} was over
   */
  public synchronized LedgerVerdict verdict(
      Map<String, Map<Integer, Integer>> hits, List<Hits.Early> early) {
    var tallies = new LinkedHashMap<String, Tally>();
    var breaches = new ArrayList<Breach>();
    for (var fetch : accepted.values()) {
      var view = Optional.ofNullable(latest.get(fetch.id()));
      var hit = hits.getOrDefault(fetch.id(), Map.of());
      tallies.merge(fetch.kind(), Tally.of(view, hit), Tally::plus);
      breaches.addAll(Breach.of(fetch, view, hit));
    }
    changed.forEach((id, what) -> breaches.add(new Breach(Breach.Kind.CHANGED, id, what)));
    early.stream().filter(this::wasHeard).map(Breach::early).forEach(breaches::add);
    for (var id : hits.keySet()) {
      if (!id.isEmpty() && !accepted.containsKey(id) && !doubtful.contains(id)) {
        breaches.add(new Breach(Breach.Kind.UNFOUNDED, id, "hit, but never accepted"));
      }
    }
    return new LedgerVerdict(tallies, List.copyOf(breaches));
  }

  /**
   * Whether the node had received the answer with the {@code Retry-After}; one lost with its
   * executor does not count.
   */
  private boolean wasHeard(Hits.Early early) {
    var view = Optional.ofNullable(latest.get(early.fetchId()));
    return early.millis() > TOLERANCE_MS
        && view.stream()
            .flatMap(fetch -> fetch.attempts().stream())
            .anyMatch(it -> it.number() == early.asked() && it.status().isPresent());
  }
}
