package dev.retriever.origin;

import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What follows when an attempt has ended: another one, or the outcome.
 *
 * @param attempts all so far, the one that has just ended last
 * @param before what the attempts before it came to
 * @param report what ended it
 */
record AfterAttempt(
    FetchSpec spec, List<Attempt> attempts, Optional<Report> before, Report report) {
  /** Attempts that do not count are bounded too, or a busy executor could fill the journal. */
  private static final int MOST_ATTEMPTS = 2 * RetryPolicy.MAX_ATTEMPTS;

  /** When the next attempt may start; empty when there is to be none. */
  Optional<Instant> retryAt(int maxLost, Instant now, double random) {
    if (!isAllowed() || !hasAttemptsLeft(maxLost)) {
      return Optional.empty();
    }
    var backoff = now.plus(spec.retry().backoff(attempts.size(), random));
    if (report instanceof Report.Answered answered) {
      return RetryPolicy.retryAfter(answered.response(), now)
          .filter(asked -> asked.isAfter(backoff))
          .or(() -> Optional.of(backoff));
    }
    return Optional.of(backoff);
  }

  /** Another attempt would have been right, and more than one was made, but there is none left. */
  boolean isExhausted(int maxLost) {
    return isAllowed() && attempts.size() > 1 && !hasAttemptsLeft(maxLost);
  }

  /** The outcome if there is no further attempt. */
  Outcome outcome() {
    return Outcome.of(telling(before, report));
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

  static boolean worthAnother(FetchSpec spec, Report report) {
    return report.fold(
        answered -> spec.retry().retryOn().contains(answered.response().status()),
        notSent -> notSent.stage() != Stage.EGRESS_DENIED,
        ambiguous -> true);
  }

  /** What was provably not sent may always be sent; anything else only as its policy says. */
  private boolean isAllowed() {
    return worthAnother(spec, report) && (report instanceof Report.NotSent || spec.mayResend());
  }

  private boolean hasAttemptsLeft(int maxLost) {
    var latest = attempts.get(attempts.size() - 1);
    if (attempts.size() >= MOST_ATTEMPTS) {
      return false;
    }
    if (latest.lost()) {
      return attempts.stream().filter(Attempt::lost).count() <= maxLost;
    }
    var counted = attempts.stream().filter(Attempt::counts).count();
    return !latest.counts() || counted < spec.retry().maxAttempts();
  }
}
