package dev.retriever.client.wire;

import java.time.Duration;
import java.util.Optional;

/**
 * Whether a call is repeated, and after how long. Decides by its arguments alone.
 *
 * @param tries of a call in all, the first included; at least 1
 * @param patience how long after the first try the last one may begin
 */
public record RepeatPlan(int tries, Duration patience) {
  private static final Duration FIRST_WAIT = Duration.ofMillis(200);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  /** Ten tries within half a minute: as long as a node takes to start again. */
  public static final RepeatPlan DEFAULT = new RepeatPlan(10, Duration.ofSeconds(30));

  /** Refuses what is out of range. */
  public RepeatPlan {
    if (tries < 1 || tries > 100 || patience.isNegative()) {
      throw new IllegalArgumentException(
          "tries must be 1 to 100 and patience must not be negative, but they are "
              + tries
              + " and "
              + patience);
    }
  }

  /** How one try ended that was not followed. */
  public record Ending(Optional<Integer> status, Optional<Duration> retryAfter) {
    /** No answer came, or not all of it. */
    public static final Ending NONE = new Ending(Optional.empty(), Optional.empty());

    /** Whether the node, or what stands before it, may say something else next time. */
    boolean isPassing() {
      return status
          .map(it -> it == 503 || it == 502 || it == 504 || it == 429 && retryAfter.isPresent())
          .orElse(true);
    }
  }

  /**
   * How long to wait before the next try; empty if there is none.
   *
   * @param made tries that were made, at least 1
   * @param elapsed since the first one began
   * @param chance from 0 to 1, so that callers do not come back together
   */
  public Optional<Duration> next(int made, Duration elapsed, Ending ending, double chance) {
    if (made >= tries || !ending.isPassing()) {
      return Optional.empty();
    }
    var doubled = FIRST_WAIT.multipliedBy(1L << Math.min(made - 1, 10));
    var bound = doubled.compareTo(LONGEST_WAIT) < 0 ? doubled : LONGEST_WAIT;
    var drawn = Duration.ofMillis((long) (bound.toMillis() * (0.5 + chance / 2)));
    var asked = ending.retryAfter().orElse(Duration.ZERO);
    var wait = asked.compareTo(drawn) > 0 ? asked : drawn;
    return Optional.of(wait).filter(it -> elapsed.plus(it).compareTo(patience) <= 0);
  }
}
