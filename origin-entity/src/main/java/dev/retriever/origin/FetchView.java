package dev.retriever.origin;

import dev.retriever.executor.Report;
import dev.retriever.origin.callback.CallbackSubject;
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
 * @param notBefore when it may begin, or might begin, at the earliest; empty for at its acceptance
 * @param redriveOf the id of the fetch that it repeats
 * @param erased whether what it sent and got is erased: then headers, bodies and redirects are left
 *     out
 * @param tells what it tells, if it is a callback
 * @param traceId of the trace that its submission is in, or began: 32 hex digits; empty from a node
 *     of a version without traces
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
    Optional<FetchWaiting> waiting,
    Optional<Instant> notBefore,
    Optional<String> redriveOf,
    Erased erased,
    Optional<CallbackSubject> tells,
    Optional<String> traceId) {
  /** Accepts messages of versions without queues, later fetches, erasure, callbacks or traces. */
  public FetchView {
    waiting = waiting == null ? Optional.empty() : waiting;
    notBefore = notBefore == null ? Optional.empty() : notBefore;
    redriveOf = redriveOf == null ? Optional.empty() : redriveOf;
    erased = erased == null ? Erased.NO : erased;
    tells = tells == null ? Optional.empty() : tells;
    traceId = traceId == null ? Optional.empty() : traceId;
  }

  /** Whether what a settled fetch sent and got has been erased. Names are the wire format. */
  public enum Erased {
    /** It is kept. */
    NO,
    /** It is not shown any more. Copies are still in the database. */
    UNDER_WAY,
    /** Nothing of it is in the rows and snapshots of its origin any more. */
    DONE
  }

  /**
   * A report that came too late to matter.
   *
   * @param attempt which one it is on, from 1
   * @param at when it came to the origin
   */
  public record LateReport(int attempt, Instant at, Report report) {}

  /**
   * Whether it was scheduled and has done nothing yet: no attempt has begun, and it waits in no
   * queue. In the moment between its time and its first attempt, this still holds.
   */
  public boolean waitsForItsTime() {
    return notBefore.isPresent() && settledAt.isEmpty() && attempts.isEmpty() && waiting.isEmpty();
  }

  /** The same with those late reports. */
  public FetchView withLate(List<LateReport> reports) {
    return new FetchView(
        originId,
        id,
        acceptedAt,
        settledAt,
        outcome,
        exhausted,
        attempts,
        reports,
        waiting,
        notBefore,
        redriveOf,
        erased,
        tells,
        traceId);
  }
}
