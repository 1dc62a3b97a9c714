package dev.retriever.origin;

import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * When a fetch gets another attempt. Begin with {@link #attempts}, and change what differs from
 * {@link #DEFAULT}:
 *
 * <pre>{@code
 * RetryPolicy.attempts(5).backoff(Duration.ofSeconds(1), Duration.ofMinutes(5)).retryOn(429, 503)
 * }</pre>
 *
 * <p>Immutable. All bounds are inclusive.
 *
 * @param maxAttempts including the first, 1 to {@link #MAX_ATTEMPTS}. Attempts that were lost with
 *     their executor, or refused by it unsent, do not count
 * @param minBackoff bound of the wait before the second attempt; it doubles with each, up to {@code
 *     maxBackoff}. The wait itself is drawn evenly from zero to the bound. 0 to {@code maxBackoff}
 * @param maxBackoff at most {@link #MAX_BACKOFF}
 * @param retryOn statuses that are worth another attempt, 100 to 599
 * @param resend what to do when the target may already have acted
 */
public record RetryPolicy(
    int maxAttempts,
    Duration minBackoff,
    Duration maxBackoff,
    Set<Integer> retryOn,
    Resend resend) {

  /** Most attempts that a policy can ask for, including this many. */
  public static final int MAX_ATTEMPTS = 100;

  /** Longest bound of a wait, including this long. */
  public static final Duration MAX_BACKOFF = Duration.ofHours(24);

  /** The statuses worth another attempt of a policy that does not say others. */
  public static final Set<Integer> RETRY_ON = Set.of(408, 425, 429, 500, 502, 503, 504);

  /** One attempt; a lost one is repeated when that is safe. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(1, Duration.ofSeconds(1), Duration.ofMinutes(1), RETRY_ON, Resend.WHEN_SAFE);

  /** Whether a request may be sent again when the target may have acted on it. */
  public enum Resend {
    /** When the method is idempotent, or the target is sent an idempotency key. */
    WHEN_SAFE,
    /** The target copes with repetitions. */
    ALWAYS,
    /** Never: after a request that may have left, only redirects are followed. */
    NEVER
  }

  /**
   * @throws InvalidSpec naming the field and its range
   */
  public RetryPolicy {
    if (maxAttempts < 1 || maxAttempts > MAX_ATTEMPTS) {
      throw new InvalidSpec("/retry/maxAttempts", "must be 1 to " + MAX_ATTEMPTS);
    }
    if (minBackoff.isNegative() || minBackoff.compareTo(MAX_BACKOFF) > 0) {
      throw new InvalidSpec("/retry/minBackoff", "must be 0 to 24h");
    }
    if (maxBackoff.compareTo(minBackoff) < 0 || maxBackoff.compareTo(MAX_BACKOFF) > 0) {
      throw new InvalidSpec("/retry/maxBackoff", "must be minBackoff to 24h");
    }
    for (var status : retryOn) {
      if (status < 100 || status > 599) {
        throw new InvalidSpec("/retry/retryOn", "must be HTTP statuses from 100 to 599");
      }
    }
    retryOn = Collections.unmodifiableSet(new TreeSet<>(retryOn));
  }

  /**
   * Up to so many attempts, the first included, and the rest as by default.
   *
   * @throws InvalidSpec if it is out of its range
   */
  public static RetryPolicy attempts(int max) {
    return new RetryPolicy(
        max, DEFAULT.minBackoff(), DEFAULT.maxBackoff(), DEFAULT.retryOn(), DEFAULT.resend());
  }

  /**
   * With these bounds of the waits between attempts: the first, and the one it doubles up to.
   *
   * @throws InvalidSpec if one is out of its range
   */
  public RetryPolicy backoff(Duration min, Duration max) {
    return new RetryPolicy(maxAttempts, min, max, retryOn, resend);
  }

  /**
   * With another attempt for these statuses, and no others.
   *
   * @throws InvalidSpec if one is out of its range
   */
  public RetryPolicy retryOn(Set<Integer> statuses) {
    return new RetryPolicy(maxAttempts, minBackoff, maxBackoff, statuses, resend);
  }

  /** The same as {@link #retryOn(Set)}; for none at all, give that an empty set. */
  public RetryPolicy retryOn(int first, int... more) {
    var statuses = IntStream.concat(IntStream.of(first), IntStream.of(more)).boxed();
    return retryOn(statuses.collect(Collectors.toSet()));
  }

  /** With that rule for requests that may have been acted on. */
  public RetryPolicy resend(Resend newResend) {
    return new RetryPolicy(maxAttempts, minBackoff, maxBackoff, retryOn, newResend);
  }

  /**
   * How long to wait after {@code attempts} attempts.
   *
   * @param random evenly from [0, 1)
   */
  public Duration backoff(int attempts, double random) {
    var bound = (double) maxBackoff.toMillis();
    var doubled = minBackoff.toMillis() * Math.pow(2, Math.min(attempts - 1, 62));
    return Duration.ofMillis((long) (Math.min(bound, doubled) * random));
  }
}
