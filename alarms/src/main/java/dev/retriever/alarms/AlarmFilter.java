package dev.retriever.alarms;

import java.time.Instant;
import java.util.Objects;

/**
 * Which alarms to list: those whose id starts with {@code idPrefix} and that are due from {@code
 * from} until {@code until}, both included, at most {@code limit}. Start with {@link #ALL} and
 * narrow it down; every change is a new filter. A range that is empty lists nothing. Immutable.
 */
public record AlarmFilter(String idPrefix, Instant from, Instant until, int limit) {
  /** Every alarm. Of a book of unknown size, better ask for {@link #atMost}. */
  public static final AlarmFilter ALL =
      new AlarmFilter("", Instant.MIN, Instant.MAX, Integer.MAX_VALUE);

  /**
   * @throws NullPointerException if a component is null
   * @throws IllegalArgumentException if the limit is negative; zero lists nothing
   */
  public AlarmFilter {
    Objects.requireNonNull(idPrefix, "idPrefix");
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(until, "until");
    if (limit < 0) {
      throw new IllegalArgumentException("limit " + limit + " is negative; a valid one is 100");
    }
  }

  /** Only alarms whose id starts with that; the empty text lets all through. */
  public AlarmFilter withIdPrefix(String prefix) {
    return new AlarmFilter(prefix, from, until, limit);
  }

  /** Only alarms that are due at that instant or later. */
  public AlarmFilter dueFrom(Instant earliest) {
    return new AlarmFilter(idPrefix, earliest, until, limit);
  }

  /** Only alarms that are due at that instant or earlier. */
  public AlarmFilter dueUntil(Instant latest) {
    return new AlarmFilter(idPrefix, from, latest, limit);
  }

  /**
   * Only so many: those that would fire first.
   *
   * @throws IllegalArgumentException if it is negative; zero lists nothing
   */
  public AlarmFilter atMost(int alarms) {
    return new AlarmFilter(idPrefix, from, until, alarms);
  }
}
