package dev.retriever.origin;

import dev.retriever.executor.Report;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A fetch as its caller sees it, at one moment. Immutable.
 *
 * @param settledAt present together with {@code outcome}: the fetch has settled
 * @param exhausted all allowed attempts were used, and another would have been right
 * @param attempts in order; the last may be open. Attempts that were refused for want of room are
 *     left out, so numbers may be missing
 * @param late reports that came after their attempts were given up; never the outcome
 * @param waiting where it waits for its next attempt, if it has a queue
 */
public record FetchView(
    String originId,
    String id,
    Instant acceptedAt,
    Optional<Instant> settledAt,
    Optional<Outcome> outcome,
    boolean exhausted,
    List<Attempt> attempts,
    List<LateReport> late,
    Optional<FetchWaiting> waiting) {
  /** Accepts messages of versions without queues. */
  public FetchView {
    waiting = waiting == null ? Optional.empty() : waiting;
  }

  /**
   * A report that came too late to matter.
   *
   * @param attempt which one it is on, from 1
   * @param at when it came to the origin
   */
  public record LateReport(int attempt, Instant at, Report report) {}

  /** The same with those late reports. */
  public FetchView withLate(List<LateReport> reports) {
    return new FetchView(
        originId, id, acceptedAt, settledAt, outcome, exhausted, attempts, reports, waiting);
  }
}
