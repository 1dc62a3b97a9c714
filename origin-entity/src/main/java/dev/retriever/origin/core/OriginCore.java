package dev.retriever.origin.core;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.trace.TraceContext;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Lease;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.SettledForgotten;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.StoredContinuation;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.Decision.Effect;
import dev.retriever.origin.core.specs.Bodiless;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes every decision about fetches, as a pure function of the origin's state, an input and the
 * time.
 *
 * <p>Randomness and permits are arguments: {@code random} evenly from [0, 1), and the id of the
 * pool that has reserved room for an attempt.
 *
 * @param maxPending most fetches that one origin may have pending
 * @param maxBytes most bytes that these may have in its state
 * @param maxLost a fetch is given up when more of its attempts than this were lost with their
 *     executors
 * @param pools the names of the pools of executors that there are, beside the default one
 * @param retention how long settled fetches are remembered. After that a fetch counts as forgotten
 *     even if the state still has it: its rows may be gone
 */
public record OriginCore(
    int maxPending, long maxBytes, int maxLost, Set<String> pools, Retention retention) {
  /** The reason of a fetch whose deadline passed before it had an answer. */
  public static final String DEADLINE_PASSED = "deadline-passed";

  /** The reason of a fetch that waited for its first attempt longer than it may. */
  public static final String WAITED_TOO_LONG = "waited-too-long";

  /** The reason of a fetch that never started, because its pool of executors is gone. */
  public static final String NO_SUCH_EXECUTOR = "no-such-executor";

  /** The reason of an attempt that was journaled and then, provably, not begun. */
  public static final String NEVER_BEGAN = "never-began";

  /** The reason of an attempt whose request body could not be read from the journal in time. */
  public static final String BODY_UNREAD = "body-unread";

  /** One row forgets this many settled fetches. */
  private static final int FORGOTTEN_AT_ONCE = 64;

  /** Whether the origin knows that fetch, now that some retentions may be over. */
  public boolean knows(OriginState state, String fetchId, Instant now) {
    return state.pending(fetchId).isPresent() || settled(state, fetchId, now).isPresent();
  }

  /** Whether its retention is not over, or a continuation of it is unhandled. */
  public boolean remembers(OriginState state, SettledFetch fetch, Instant now) {
    return shows(fetch, now) || state.settled().isHeld(fetch);
  }

  /** Whether its rows are in the journal for certain. */
  public boolean shows(SettledFetch fetch, Instant now) {
    return !retention.isOver(fetch, now);
  }

  /** Whether the retention of all settled fetches is over. */
  boolean showsNone(OriginState state, Instant now) {
    return state.settled().newest().filter(fetch -> shows(fetch, now)).isEmpty();
  }

  Optional<SettledFetch> settled(OriginState state, String fetchId, Instant now) {
    return state.settled(fetchId).filter(fetch -> remembers(state, fetch, now));
  }

  /** The fetches to forget together with other rows, once there are enough of them. */
  public Optional<SettledForgotten> forget(OriginState state, Instant now) {
    var orders = state.settled().oldest(FORGOTTEN_AT_ONCE, fetch -> retention.isOver(fetch, now));
    // A row for each would double what is journaled of a fetch.
    return Optional.of(orders)
        .filter(all -> all.size() == FORGOTTEN_AT_ONCE)
        .map(all -> new SettledForgotten(all, now));
  }

  public Decision submit(
      OriginState state, String fetchId, FetchSpec spec, Instant now, Optional<String> poolId) {
    return submit(state, fetchId, spec, Optional.empty(), now, poolId);
  }

  public Decision submit(
      OriginState state,
      String fetchId,
      FetchSpec spec,
      Optional<StoredContinuation> then,
      Instant now,
      Optional<String> poolId) {
    return submit(state, fetchId, spec, then, now, poolId, Optional.empty());
  }

  /**
   * @param poolId of the pool that makes its first attempt at once
   * @param lease of its queue for that attempt
   */
  Decision submit(
      OriginState state,
      String fetchId,
      FetchSpec spec,
      Optional<StoredContinuation> then,
      Instant now,
      Optional<String> poolId,
      Optional<Lease> lease) {
    return new Acceptance(this).submit(state, fetchId, spec, then, now, poolId, lease);
  }

  boolean hasPoolFor(FetchSpec spec) {
    return spec.isDirect() || spec.executor().map(pools::contains).orElse(true);
  }

  /** How many fetches are pending, by pool that this node does not have. */
  public Map<String, Long> stranded(OriginState state) {
    return state.pending().values().stream()
        .filter(fetch -> !hasPoolFor(fetch.spec()))
        .collect(
            Collectors.groupingBy(
                fetch -> fetch.spec().executor().orElseThrow(), Collectors.counting()));
  }

  Decision cancel(OriginState state, String fetchId, Instant now) {
    var pending = state.pending(fetchId);
    if (pending.isPresent()) {
      var fetch = pending.get();
      var outcome = new Outcome.Cancelled(fetch.maybeSent());
      return abortingOpen(fetch, settle(fetch, outcome, false, fetch.attempts(), now));
    }
    return settled(state, fetchId, now)
        .map(
            fetch ->
                fetch.type() == Outcome.Type.CANCELLED
                    ? Decision.nothing(Verdict.SETTLED)
                    : Decision.note(
                        Verdict.SETTLED_OTHERWISE, Effect.Note.fetch(Notice.LOST_RACES, fetchId)))
        .orElse(Decision.nothing(Verdict.NO_SUCH_FETCH));
  }

  /**
   * A report came in. It may be acknowledged once the decision is durable, except with {@code
   * NO_SUCH_FETCH}: this state never had the attempt, but another incarnation may have it.
   */
  Decision report(OriginState state, AttemptKey key, Report report, Instant now, double random) {
    var fetch = state.pending(key.fetchId());
    if (fetch.isPresent()) {
      return reportOnPending(fetch.get(), key.attempt(), report, now, random);
    }
    return settled(state, key.fetchId(), now)
        .map(settled -> reportOnSettled(settled, key.attempt(), report, now))
        .orElse(Decision.stray(key.fetchId(), key.attempt()));
  }

  private Decision reportOnPending(
      PendingFetch fetch, int number, Report report, Instant now, double random) {
    if (fetch.open().filter(open -> open.number() == number).isPresent()) {
      return ended(fetch, report, true, now, random);
    }
    return fetch
        .attempt(number)
        .map(
            attempt ->
                attempt.reportSeen() == 0
                    ? overdue(fetch, attempt, report, now)
                    : Decision.repeated(fetch.id(), number, attempt.reportSeen(), report))
        .orElse(Decision.stray(fetch.id(), number));
  }

  /** A report on an attempt that was given up, while the fetch is still pending. */
  private Decision overdue(PendingFetch fetch, Attempt attempt, Report report, Instant now) {
    if (report instanceof Report.Answered answered
        && AfterAttempt.settlesLate(fetch.spec(), answered)) {
      var attempts =
          fetch.attempts().stream()
              .map(a -> a.number() == attempt.number() ? attempt.ended(report, now) : a)
              .toList();
      var outcome = new Outcome.Answered(answered.response());
      return abortingOpen(fetch, settle(fetch, outcome, false, attempts, now));
    }
    return Decision.late(fetch.id(), attempt.number(), report, now);
  }

  private Decision reportOnSettled(SettledFetch fetch, int number, Report report, Instant now) {
    if (number < 1 || number > fetch.reportsSeen().size()) {
      return Decision.stray(fetch.id(), number);
    }
    var seen = fetch.reportsSeen().get(number - 1);
    var isErased = fetch.erasure().isPresent();
    if (seen == 0) {
      return Decision.late(fetch.id(), number, isErased ? Bodiless.of(report) : report, now);
    }
    // What an erased fetch got cannot be compared any more.
    return isErased
        ? Decision.note(
            Verdict.NOTED, Effect.Note.attempt(Notice.DUPLICATE_REPORTS, fetch.id(), number))
        : Decision.repeated(fetch.id(), number, seen, report);
  }

  /**
   * The open attempt is over: settles, or says when the next may start.
   *
   * @param heard false when the origin itself gave it up
   */
  private Decision ended(
      PendingFetch fetch, Report report, boolean heard, Instant now, double random) {
    var open = fetch.open().orElseThrow();
    var attempt = heard ? open.ended(report, now) : open.endedUnheard(report, now);
    var attempts = PendingFetch.plus(fetch.ended(), attempt);
    var after = new AfterAttempt(fetch, attempts, report);
    var nextAt = after.nextAt(maxLost, now, random).filter(at -> after.isInTime(at, now));
    if (nextAt.isPresent()) {
      var event =
          new AttemptEnded(
              fetch.id(), attempt.number(), report, heard, now, nextAt.get(), after.redirect());
      return new Decision(Verdict.NOTED, List.of(event), List.of());
    }
    var settled = settle(fetch, after.outcome(), after.isExhausted(maxLost), attempts, now);
    return attempt.reason().filter(Report.TIMEOUT::equals).isPresent()
        ? settled.plus(Effect.Note.attempt(Notice.TIMED_OUT, fetch.id(), attempt.number()))
        : settled;
  }

  /** The report that the origin assumes for an open attempt on which no report will come. */
  public record Finding(String fetchId, int attempt, Report report) {}

  /** Gives up attempts whose executors are gone, or never began them. */
  public void unheard(Steps step, List<Finding> findings, Instant now, double random) {
    var spread = new DueAlarms.Spread(random);
    for (var finding : findings) {
      step.state()
          .pending(finding.fetchId())
          .filter(fetch -> fetch.open().filter(o -> o.number() == finding.attempt()).isPresent())
          .ifPresent(fetch -> step.take(givenUp(fetch, finding.report(), now, spread.next())));
    }
  }

  private Decision givenUp(PendingFetch fetch, Report report, Instant now, double random) {
    var open = fetch.open().orElseThrow();
    var decision = ended(fetch, report, false, now, random);
    var aborted = abortingOpen(fetch, decision);
    return report instanceof Report.Ambiguous
        ? aborted.plus(Effect.Note.attempt(Notice.ATTEMPTS_LOST, fetch.id(), open.number()))
        : aborted;
  }

  /** The open attempt was not reported on in time. */
  Decision lost(PendingFetch fetch, Instant now, double random) {
    return givenUp(fetch, Report.lost(), now, random);
  }

  /** The next attempt begins, if there is time for one. */
  Decision start(PendingFetch fetch, Instant now, String poolId) {
    return start(fetch, now, poolId, Optional.empty());
  }

  /** The same with a grant of its queue. */
  Decision start(PendingFetch fetch, Instant now, String poolId, Optional<Lease> lease) {
    return start(fetch, now, poolId, lease, fetch.request(), Optional.empty());
  }

  /** The same with that request, and what it delivers if it is a callback. */
  Decision start(
      PendingFetch fetch,
      Instant now,
      String poolId,
      Optional<Lease> lease,
      FetchRequest request,
      Optional<Effect.Delivery> delivery) {
    if (!now.isBefore(fetch.deadline())) {
      return deadlinePassed(fetch, now);
    }
    var number = fetch.nextNumber();
    var timeout = fetch.spec().timeoutAt(now, fetch.deadline());
    var url = delivery.map(it -> request.url());
    return new Decision(
        Verdict.NOTED,
        List.of(new AttemptStarted(fetch.id(), number, poolId, now, lease, url)),
        List.of(
            new Effect.Dispatch(
                fetch.id(), number, poolId, request, fetch.storedBody(), timeout, delivery)));
  }

  /** Settles with the latest answer that asked for a retry, or without one. */
  Decision deadlinePassed(PendingFetch fetch, Instant now) {
    var note = Effect.Note.fetch(Notice.TIMED_OUT, fetch.id());
    if (fetch.open().isPresent()) {
      var lost = fetch.open().get().endedUnheard(Report.lost(), now);
      var attempts = PendingFetch.plus(fetch.ended(), lost);
      var outcome = new Outcome.Unknown(Optional.empty(), DEADLINE_PASSED, Optional.empty());
      return abortingOpen(fetch, settle(fetch, outcome, false, attempts, now)).plus(note);
    }
    var why =
        !hasPoolFor(fetch.spec())
            ? NO_SUCH_EXECUTOR
            : fetch.waitsTooLong() ? WAITED_TOO_LONG : DEADLINE_PASSED;
    var last = fetch.waitsTooLong() ? Optional.<Report>empty() : fetch.last();
    var outcome = last.map(Outcome::of).orElse(new Outcome.Failed(Stage.QUEUED, why));
    return settle(fetch, outcome, false, fetch.ended(), now).plus(note);
  }

  static Decision settle(
      PendingFetch fetch, Outcome known, boolean exhausted, List<Attempt> attempts, Instant now) {
    var outcome = fetch.redirects().isEmpty() ? known : afterRedirect(known);
    var notice =
        switch (outcome.type()) {
          case ANSWERED -> Notice.ANSWERED;
          case FAILED -> Notice.FAILED;
          case UNKNOWN -> Notice.UNKNOWN;
          case CANCELLED -> Notice.CANCELLED;
        };
    return new Decision(
        Verdict.SETTLED,
        List.of(
            new FetchSettled(
                fetch.id(),
                outcome,
                exhausted,
                fetch.shown(attempts),
                now,
                fetch.notBefore(),
                fetch.spec().redriveOf(),
                fetch.told(),
                fetch.spec().carried().context().map(TraceContext::traceId))),
        Callbacks.effects(fetch, outcome, Effect.Note.fetch(notice, fetch.id())));
  }

  /** A redirected request was sent, so it is no longer proved that no target acted on it. */
  private static Outcome afterRedirect(Outcome outcome) {
    return outcome instanceof Outcome.Failed failed
        ? new Outcome.Unknown(Optional.of(failed.stage()), failed.reason(), Optional.empty())
        : outcome;
  }

  /** Aborts the open attempt as well; its report will come late. */
  private static Decision abortingOpen(PendingFetch fetch, Decision decision) {
    return fetch
        .open()
        .map(open -> decision.plus(new Effect.Abort(fetch.id(), open.number(), open.executor())))
        .orElse(decision);
  }
}
