package dev.retriever.origin.core;

import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Redirect;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.http.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What follows when an attempt has ended: another one, or the outcome.
 *
 * @param fetch as it was before
 * @param attempts all so far, the one that has just ended last
 * @param report what ended it
 */
record AfterAttempt(PendingFetch fetch, List<Attempt> attempts, Report report) {
  /** Attempts that do not count are bounded too, or a lost wire could fill the journal. */
  private static final int MOST_ATTEMPTS = 2 * RetryPolicy.MAX_ATTEMPTS;

  /**
   * How long a fetch waits at least that was refused for want of room twice; then twice as long.
   */
  private static final Duration NO_ROOM = Duration.ofSeconds(1);

  /** The redirect that the next attempt is to follow; it is no retry, and counted by itself. */
  Optional<Redirect> redirect() {
    return report instanceof Report.Answered answered
            && fetch.redirects().size() < fetch.spec().redirects()
            && made() < MOST_ATTEMPTS
        ? Redirect.of(fetch.request(), answered.response()).filter(this::isSafe)
        : Optional.empty();
  }

  /** What may have been acted on before may have to be left at that: its key does not go along. */
  private boolean isSafe(Redirect redirect) {
    var sent = attempts.stream().filter(Attempt::maybeSent).count();
    var redirected = fetch.redirects().size() + 1;
    return sent <= redirected || fetch.spec().mayResend(redirect.after(fetch.request()));
  }

  /** When the next attempt may start; empty when there is to be none. */
  Optional<Instant> nextAt(int maxLost, Instant now, double random) {
    return redirect().isPresent()
        ? retryAfter(now).or(() -> Optional.of(now))
        : retryAt(maxLost, now, random);
  }

  private Optional<Instant> retryAt(int maxLost, Instant now, double random) {
    if (wantsRoom()) {
      return Optional.of(afterRefusal(now, random));
    }
    if (!isAllowed() || !hasAttemptsLeft(maxLost)) {
      return Optional.empty();
    }
    var backoff = now.plus(fetch.spec().retry().backoff(tries(), random));
    return retryAfter(now).filter(asked -> asked.isAfter(backoff)).or(() -> Optional.of(backoff));
  }

  /** Whether there is time for another attempt then. For room, a fetch waits to the very end. */
  boolean isInTime(Instant at, Instant now) {
    return (wantsRoom() ? now : at).isBefore(fetch.deadline());
  }

  private boolean wantsRoom() {
    return attempts.get(attempts.size() - 1).wantedRoom();
  }

  /**
   * The first time it is tried as soon as its pool is said to have room. If that is wrong again and
   * again, it waits for one to two seconds, then twice as long, and so on: so that a fetch which
   * may wait for 30 days is refused 23 times at most, each of which is journaled. At its deadline
   * the fetch ends.
   */
  private Instant afterRefusal(Instant now, double random) {
    var refused = attempts.size() - made() - 1;
    var wait =
        refused == 0
            ? Duration.ZERO
            : Duration.ofMillis(
                (long) (NO_ROOM.toMillis() * (1 + random) * (1L << Math.min(refused - 1, 40))));
    var at = now.plus(wait);
    return at.isBefore(fetch.deadline()) ? at : fetch.deadline();
  }

  private Optional<Instant> retryAfter(Instant now) {
    return report instanceof Report.Answered answered
        ? RetryAfter.of(answered.response(), now)
        : Optional.empty();
  }

  /** All attempts but those that were redirected, which were the last tries of what they sent. */
  private int tries() {
    return made() - fetch.redirects().size();
  }

  private int made() {
    return (int) attempts.stream().filter(attempt -> !attempt.wantedRoom()).count();
  }

  /** Another attempt would have been right, and more than one was made, but there is none left. */
  boolean isExhausted(int maxLost) {
    return isAllowed() && tries() > 1 && !hasAttemptsLeft(maxLost);
  }

  /** The outcome if there is no further attempt. */
  Outcome outcome() {
    return Outcome.of(telling(fetch.last(), report));
  }

  /**
   * Of two reports on one fetch, the one that its outcome is to be made of: the later, unless that
   * attempt was not sent while an earlier one may have been acted on, or for want of room only.
   */
  static Report telling(Optional<Report> before, Report later) {
    return later instanceof Report.NotSent notSent
        ? before
            .filter(report -> !(report instanceof Report.NotSent) || notSent.wantedRoom())
            .orElse(later)
        : later;
  }

  /** Whether an answer that came after its attempt was given up is the outcome all the same. */
  static boolean settlesLate(FetchSpec spec, Report.Answered answered) {
    // A redirect that is to be followed is what the next attempt gets, or has been followed.
    var goesOn = spec.redirects() > 0 && Redirect.isRedirect(answered.response());
    return !goesOn && !worthAnother(spec, answered);
  }

  private static boolean worthAnother(FetchSpec spec, Report report) {
    return report.fold(
        answered -> spec.retry().retryOn().contains(answered.response().status()),
        notSent -> notSent.stage() != Stage.EGRESS_DENIED,
        ambiguous -> true);
  }

  /** What was provably not sent may always be sent; anything else only as its policy says. */
  private boolean isAllowed() {
    return worthAnother(fetch.spec(), report)
        && (report instanceof Report.NotSent || fetch.spec().mayResend(fetch.request()));
  }

  private boolean hasAttemptsLeft(int maxLost) {
    var latest = attempts.get(attempts.size() - 1);
    if (made() >= MOST_ATTEMPTS) {
      return false;
    }
    if (latest.lost()) {
      return attempts.stream().filter(Attempt::lost).count() <= maxLost;
    }
    var redirected = fetch.redirects().size();
    var counted = attempts.stream().filter(Attempt::counts).count() - redirected;
    return !latest.counts() || counted < fetch.spec().retry().maxAttempts();
  }
}
