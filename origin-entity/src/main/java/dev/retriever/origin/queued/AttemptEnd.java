package dev.retriever.origin.queued;

import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.Lease;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.http.WaitAsked;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.queue.wire.Told.Ended;
import dev.retriever.origin.queue.wire.Told.How;
import java.time.Instant;
import java.util.Optional;

/**
 * The end of an attempt that a queue has let begin, and what it means for its slot. Immutable.
 *
 * @param runs whether the request may still run, so that the slot is not free
 */
record AttemptEnd(
    Lease lease,
    int attempt,
    How how,
    boolean runs,
    Optional<Integer> status,
    Optional<Instant> retryAfter) {

  /**
   * The attempt is over, or was given up.
   *
   * @param attempt as it stands afterwards; open if its fetch was cancelled
   * @param response of its target, if it is known
   */
  static AttemptEnd of(Lease lease, Attempt attempt, Optional<Response> response, Instant now) {
    var unheard = attempt.reportSeen() == 0 && attempt.maybeSent();
    return new AttemptEnd(
        lease,
        attempt.number(),
        how(attempt),
        unheard || wasLost(attempt),
        attempt.status(),
        response.flatMap(it -> WaitAsked.of(it, now)));
  }

  /**
   * Whether its executor has lost it. It may run on then, unlike one that an executor has stopped,
   * which has a stage.
   */
  private static boolean wasLost(Attempt attempt) {
    return attempt.lost() && attempt.stage().isEmpty();
  }

  /** The report has come of an attempt that had been given up. */
  static AttemptEnd late(Lease lease, int attempt, Report report, Instant now) {
    return late(lease, attempt, report.equals(Report.lost()), Outcome.of(report).received(), now);
  }

  /** The answer has come of an attempt that had been given up. */
  static AttemptEnd late(Lease lease, int attempt, Response answer, Instant now) {
    return late(lease, attempt, false, Optional.of(answer), now);
  }

  private static AttemptEnd late(
      Lease lease, int attempt, boolean runs, Optional<Response> response, Instant now) {
    return new AttemptEnd(
        lease,
        attempt,
        How.LATE,
        runs,
        response.map(Response::status),
        response.flatMap(it -> WaitAsked.of(it, now)));
  }

  private static How how(Attempt attempt) {
    if (attempt.endedAt().isEmpty()) {
      return How.CANCELLED;
    }
    if (attempt.lost()) {
      return How.LOST;
    }
    if (!attempt.began()) {
      return How.NEVER_BEGAN;
    }
    if (attempt.reason().filter(Report.TIMEOUT::equals).isPresent()) {
      return How.TIMED_OUT;
    }
    if (attempt.stage().filter(Stage.COMPLETE::equals).isPresent()) {
      return How.ANSWERED;
    }
    return attempt.maybeSent() ? How.UNKNOWN : How.FAILED;
  }

  QueueRows.End row() {
    return new QueueRows.End(lease, runs);
  }

  Ended told(String key, String fetchId, long row) {
    return new Ended(lease, key, fetchId, attempt, how, status, retryAfter, row);
  }
}
