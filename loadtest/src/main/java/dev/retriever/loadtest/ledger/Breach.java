package dev.retriever.loadtest.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A broken promise and its fetch. */
public record Breach(Kind kind, String fetchId, String what) {
  public enum Kind {
    /** Accepted, not settled. */
    LOST,
    /** The target was hit more often than the journal allows. */
    DUPLICATE,
    /** Two reads gave different outcomes. */
    CHANGED,
    /** The node's answer contradicts the hits at the target. */
    UNFOUNDED,
    /** An attempt was made before it was due. */
    EARLY,
    /** The body differs from the one that the target sent. */
    ALTERED
  }

  /** The breaches of one accepted fetch, from its last read and its hits by attempt. */
  static List<Breach> of(
      Ledger.Accepted fetch, Optional<FetchAnswer> view, Map<Integer, Integer> hits) {
    var found = new Finder(fetch.id());
    var total = hits.values().stream().mapToInt(Integer::intValue).sum();
    hits.forEach(
        (attempt, times) ->
            found.when(
                times > 1, Kind.DUPLICATE, "attempt " + attempt + " hit " + times + " times"));
    found.when(
        !fetch.repeatable() && total > 1,
        Kind.DUPLICATE,
        "must not be repeated, yet hit " + total + " times");
    // The last read of an unsettled fetch may be older than its last attempt.
    view.filter(FetchAnswer::settled).ifPresent(v -> found.journal(v, hits, total));
    view.flatMap(FetchAnswer::outcome)
        .ifPresentOrElse(
            outcome -> found.outcome(fetch, outcome.type(), view.get().attempts().size(), total),
            () -> found.when(true, Kind.LOST, "accepted, not settled"));
    view.flatMap(FetchAnswer::body)
        .filter(body -> !body.isIntact(fetch.id()))
        .ifPresent(body -> found.when(true, Kind.ALTERED, body.toString()));
    return found.breaches;
  }

  static Breach early(Hits.Early early) {
    return new Breach(
        Kind.EARLY,
        early.fetchId(),
        "attempt %d came %d ms before the Retry-After of attempt %d was over"
            .formatted(early.attempt(), early.millis(), early.asked()));
  }

  private record Finder(String fetchId, List<Breach> breaches) {
    Finder(String fetchId) {
      this(fetchId, new ArrayList<>());
    }

    void when(boolean broken, Kind kind, String what) {
      if (broken) {
        breaches.add(new Breach(kind, fetchId, what));
      }
    }

    void journal(FetchAnswer view, Map<Integer, Integer> hits, int total) {
      var journaled = view.attempts().size();
      when(
          total > journaled,
          Kind.DUPLICATE,
          "hit " + total + " times, but " + journaled + " attempts are journaled");
      hits.keySet().stream()
          .filter(attempt -> !view.hasAttempt(attempt))
          .forEach(a -> when(true, Kind.UNFOUNDED, "attempt " + a + " hit, but not journaled"));
    }

    void outcome(Ledger.Accepted fetch, String type, int attempts, int total) {
      when(
          !fetch.possible().contains(type),
          Kind.UNFOUNDED,
          type + ", when it can only be one of " + fetch.possible());
      when(type.equals("answered") && total == 0, Kind.UNFOUNDED, "answered, but never hit");
      // With more attempts an earlier one may have been answered and the last one refused.
      when(
          type.equals("failed") && attempts <= 1 && total > 0,
          Kind.UNFOUNDED,
          "failed, which says that nothing was sent, but hit");
    }
  }
}
