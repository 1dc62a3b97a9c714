package dev.retriever.alarms.calendar;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The instants at which repeated work is due, in order. Without state, and no two are equal. */
public sealed interface TickTimes permits ZonedTicks, PeriodTicks {
  /** The last instant that a tick can be at: the end of the year 9999, UTC. */
  Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  /** Without a tick for so long there is none: eight years, in which each date comes once. */
  Duration LONGEST_WAIT = Duration.ofDays(8 * 366);

  /**
   * The first tick that is not before that instant.
   *
   * @return empty if there is none within {@link #LONGEST_WAIT}, or none until {@link #LATEST}
   */
  Optional<Instant> from(Instant time);

  /** The first tick strictly after that instant; empty as for {@link #from}. */
  default Optional<Instant> after(Instant time) {
    return time.isBefore(LATEST) ? from(time.plusNanos(1)) : Optional.empty();
  }

  /** What the clocks do at that tick, for people who look at a list of ticks. */
  Clocks clocksAt(Instant tick);

  /** What the clocks do at a tick. */
  enum Clocks {
    /** Nothing: its local time comes once. */
    RUN,
    /** Its local time comes twice, and this is the first. */
    FIRST_OF_TWO,
    /** Its local time comes twice, and this is the second. */
    SECOND_OF_TWO,
    /** It stands for local times that the clocks skip. */
    FOR_SKIPPED
  }
}
