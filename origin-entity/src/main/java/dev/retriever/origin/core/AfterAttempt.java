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
 * Decides what follows when an attempt has ended: another attempt, or the outcome.
 *
 * @param fetch before the attempt ended
 * @param attempts all so far, the one that has just ended last
 * @param report what ended it
 */
record AfterAttempt(PendingFetch fetch, List<Attempt> attempts, Report report) {
  /** Attempts that do not count are bounded too, or a broken network could fill the journal. */
  private static final int MOST_ATTEMPTS = 2 * RetryPolicy.MAX_ATTEMPTS;

  /**
   * Least wait of a fetch that was refused twice for want of room; each further refusal doubles it.
   */
  private static final Duration NO_ROOM = Duration.ofSeconds(1);

  /** The redirect that the next attempt is to follow. It is no retry, and is counted apart. */
  Optional<Redirect> redirect() {
    return report instanceof Report.Answered answered
            && fetch.redirects().size() < fetch.spec().redirects()
            && made() < MOST_ATTEMPTS
        ? Redirect.of(fetch.request(), answered.response()).filter(this::isSafe)
        : Optional.empty();
  }

  /**
   * A request that may have been acted on must be repeatable: the redirect may drop its idempotency
   * key.
   */
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
    var backoff = now.plus(backoff(random));
    return retryAfter(now)
        .filter(asked -> asked.isAfter(backoff))
        // A callback keeps to its schedule if the endpoint asks for more time than there is.
        .filter(asked -> !delivers() || asked.isBefore(fetch.deadline()))
        .or(() -> Optional.of(backoff));
  }

  private Duration backoff(double random) {
    return fetch
        .spec()
        .delivers()
        .flatMap(callback -> callback.waitAfter(counted(), random))
        .orElseGet(() -> fetch.spec().retry().backoff(tries(), random));
  }

  /**
   * Whether there is time for another attempt then. A fetch that waits for room waits until its
   * deadline.
   */
  boolean isInTime(Instant at, Instant now) {
    return (wantsRoom() ? now : at).isBefore(fetch.deadline());
  }

  private boolean wantsRoom() {
    return attempts.get(attempts.size() - 1).wantedRoom();
  }

  /**
   * After the first refusal the fetch starts as soon as its pool reports room. After the second it
   * waits one to two seconds, and each further refusal doubles that. So a fetch that may wait for
   * 30 days is refused, and journaled, 23 times at most. At its deadline the fetch ends.
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

  /** Attempts without those that were redirected, each of which ended the tries of its request. */
  private int tries() {
    return made() - fetch.redirects().size();
  }

  private boolean delivers() {
    return fetch.spec().delivers().isPresent();
  }

  /** Those that an endpoint may have seen. */
  private int counted() {
    return (int) attempts.stream().filter(Attempt::counts).count();
  }

  private int made() {
    return (int) attempts.stream().filter(attempt -> !attempt.wantedRoom()).count();
  }

  /**
   * Whether another attempt would have been right, but all allowed attempts, more than one, are
   * used up.
   */
  boolean isExhausted(int maxLost) {
    return isAllowed() && tries() > 1 && !hasAttemptsLeft(maxLost);
  }

  /** The outcome without a further attempt. */
  Outcome outcome() {
    return Outcome.of(telling(fetch.last(), report));
  }

  /**
   * Chooses the report that the outcome is made of. It is the later one, unless that attempt was
   * not sent and an earlier one may have been acted on, or the later one only lacked room.
   */
  static Report telling(Optional<Report> before, Report later) {
    return later instanceof Report.NotSent notSent
        ? before
            .filter(report -> !(report instanceof Report.NotSent) || notSent.wantedRoom())
            .orElse(later)
        : later;
  }

  /** Whether an answer to an attempt that was given up settles the pending fetch. */
  static boolean settlesLate(FetchSpec spec, Report.Answered answered) {
    // A redirect does not settle it: the next attempt gets it again, or it has been followed.
    var goesOn = spec.redirects() > 0 && Redirect.isRedirect(answered.response());
    return !goesOn && !worthAnother(spec, answered);
  }

  private static boolean worthAnother(FetchSpec spec, Report report) {
    if (spec.delivers().isPresent()) {
      return Callbacks.worthAnother(report);
    }
    return report.fold(
        answered -> spec.retry().retryOn().contains(answered.response().status()),
        notSent -> notSent.stage() != Stage.EGRESS_DENIED,
        ambiguous -> true);
  }

  /**
   * A request that was provably not sent may be sent again; any other only if its policy allows it.
   */
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
    if (delivers()) {
      return fetch.spec().delivers().get().waitAfter(counted(), 0).isPresent();
    }
    var redirected = fetch.redirects().size();
    var counted = attempts.stream().filter(Attempt::counts).count() - redirected;
    return !latest.counts() || counted < fetch.spec().retry().maxAttempts();
  }
}
