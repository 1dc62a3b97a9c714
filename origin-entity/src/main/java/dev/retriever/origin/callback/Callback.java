package dev.retriever.origin.callback;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A fetch that tells an endpoint an outcome. It is part of the fetch's acceptance, and decides that
 * the fetch is a callback; no name does. Address, keys and headers are not in it: they are those
 * that the endpoint has at each attempt. Immutable; its components are persisted.
 *
 * @param to the endpoint, of the generation that the fetch named
 * @param version of the form of its body. All attempts send the same bytes, also by later code
 * @param payload what its body has
 * @param schedule the waits before its attempts: the first one before the first attempt
 * @param facts of the outcome
 */
public record Callback(
    CallbackChoice to,
    int version,
    Payload payload,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Duration> schedule,
    CallbackFacts facts) {
  /** The form of bodies that this code writes. */
  public static final int VERSION = 1;

  private static final String ID = "~cb:";

  /** Each wait is up to a tenth longer, so that many callbacks do not come at once. */
  private static final double JITTER = 0.1;

  /** What the body of a callback has. Names of constants are persisted. */
  public enum Payload {
    /** The facts of the outcome. */
    THIN,
    /** The answer of the target too, up to {@link CallbackBody#MOST}. */
    FULL
  }

  /** Reads what was left out as nothing. */
  public Callback {
    schedule = schedule == null ? List.of() : List.copyOf(schedule);
  }

  /**
   * The id of the callback of the outcome in that row. Callers' ids do not begin with a tilde, and
   * no two outcomes of an origin's life have the same row.
   */
  public static String id(long row) {
    return ID + row;
  }

  /**
   * How long to wait before the next attempt.
   *
   * @param made attempts so far, at least 1
   * @param random evenly from [0, 1)
   * @return empty when no attempt is left
   */
  public Optional<Duration> waitAfter(int made, double random) {
    return made < schedule.size()
        ? Optional.of(stretched(schedule.get(made), random))
        : Optional.empty();
  }

  private static Duration stretched(Duration wait, double random) {
    return wait.plusMillis((long) (wait.toMillis() * JITTER * random));
  }

  /** Whether an endpoint that answers so has taken the callback. */
  public static boolean takes(int status) {
    return status / 100 == 2;
  }

  /** How long it takes until the last attempt has begun, at most. */
  public static Duration longest(List<Duration> schedule, Duration timeout) {
    var sum = schedule.stream().reduce(Duration.ZERO, (a, b) -> stretched(b, 1).plus(a));
    return sum.plus(timeout.multipliedBy(schedule.size()));
  }
}
