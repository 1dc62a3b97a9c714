package dev.retriever.origin;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * When a fetch may begin at the earliest: after a delay from its acceptance, or at an instant.
 * Immutable; its components are persisted.
 *
 * <p>An origin refuses an instant of more than {@link #LONGEST} ahead. A caller's submission is
 * also refused when the instant is past by more than {@link #PAST}; a handler's begins at once
 * then.
 *
 * @param delay 1 ms to {@link #LONGEST}, inclusive
 * @param notBefore the instant; either this or {@code delay} is present
 */
public record Later(
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Duration> delay,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> notBefore) {
  /** The longest delay, inclusive: a year that has a 29th of February. */
  public static final Duration LONGEST = Duration.ofDays(366);

  /** An instant that is past by no more than this means at once, because clocks differ. */
  public static final Duration PAST = Duration.ofMinutes(1);

  private static final Duration SHORTEST = Duration.ofMillis(1);

  /**
   * Accepts exactly one of the two.
   *
   * @throws InvalidSpec naming the field and its range
   */
  public Later {
    delay = delay == null ? Optional.empty() : delay;
    notBefore = notBefore == null ? Optional.empty() : notBefore;
    if (delay.isPresent() == notBefore.isPresent()) {
      throw new InvalidSpec("/notBefore", "must be given, or delay; not both");
    }
    if (delay.filter(it -> it.compareTo(SHORTEST) < 0 || it.compareTo(LONGEST) > 0).isPresent()) {
      throw new InvalidSpec("/delay", "must be 1ms to 366 days");
    }
  }

  /**
   * After that delay.
   *
   * @throws InvalidSpec if it is out of its range
   */
  public static Later after(Duration delay) {
    return new Later(Optional.of(delay), Optional.empty());
  }

  /** At that instant; what is too far ahead is refused by the origin, which has a clock. */
  public static Later at(Instant time) {
    return new Later(Optional.empty(), Optional.of(time));
  }

  /** The result of the function for the one that is present. */
  public <R> R fold(Function<Duration, R> after, Function<Instant, R> at) {
    return delay.map(after).orElseGet(() -> at.apply(notBefore.orElseThrow()));
  }

  /** The instant that it means for a fetch that is accepted then. It may be past. */
  public Instant from(Instant acceptedAt) {
    return fold(acceptedAt::plus, at -> at);
  }

  /** Whether it is further ahead than it may be. */
  public boolean tooFar(Instant now) {
    return from(now).isAfter(now.plus(LONGEST));
  }

  /** Whether it is past by more than clocks may differ. */
  public boolean past(Instant now) {
    return from(now).isBefore(now.minus(PAST));
  }
}
