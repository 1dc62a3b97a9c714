package dev.retriever.alarms;

import java.time.Instant;
import java.util.Objects;

/**
 * Selects the alarms to list: at most {@code limit}, whose id starts with {@code idPrefix}, due
 * from {@code from} until {@code until} inclusive. Start with {@link #ALL} and narrow it down;
 * every change makes a new filter. An empty range lists nothing. Immutable.
 */
public record AlarmFilter(String idPrefix, Instant from, Instant until, int limit) {
  /** Every alarm. For a book of unknown size, add {@link #atMost}. */
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

  /** Only alarms whose id starts with that prefix; the empty text matches all. */
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
   * Only this many alarms: those that would fire first.
   *
   * @throws IllegalArgumentException if the number is negative; zero lists nothing
   */
  public AlarmFilter atMost(int alarms) {
    return new AlarmFilter(idPrefix, from, until, alarms);
  }
}
