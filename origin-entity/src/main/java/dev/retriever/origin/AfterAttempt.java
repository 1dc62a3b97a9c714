package dev.retriever.origin;

import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
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
  /** Attempts that do not count are bounded too, or a busy executor could fill the journal. */
  private static final int MOST_ATTEMPTS = 2 * RetryPolicy.MAX_ATTEMPTS;

  /** The redirect that the next attempt is to follow; it is no retry, and counted by itself. */
  Optional<Redirect> redirect() {
    return report instanceof Report.Answered answered
            && fetch.redirects().size() < fetch.spec().redirects()
            && attempts.size() < MOST_ATTEMPTS
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
    if (!isAllowed() || !hasAttemptsLeft(maxLost)) {
      return Optional.empty();
    }
    var backoff = now.plus(fetch.spec().retry().backoff(tries(), random));
    return retryAfter(now).filter(asked -> asked.isAfter(backoff)).or(() -> Optional.of(backoff));
  }

  private Optional<Instant> retryAfter(Instant now) {
    return report instanceof Report.Answered answered
        ? RetryAfter.of(answered.response(), now)
        : Optional.empty();
  }

  /** All attempts but those that were redirected, which were the last tries of what they sent. */
  private int tries() {
    return attempts.size() - fetch.redirects().size();
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
   * attempt was not sent while an earlier one may have been acted on.
   */
  static Report telling(Optional<Report> before, Report later) {
    return later instanceof Report.NotSent
        ? before.filter(report -> !(report instanceof Report.NotSent)).orElse(later)
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
    if (attempts.size() >= MOST_ATTEMPTS) {
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
