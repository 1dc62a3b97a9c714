package dev.retriever.alarms;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/**
 * When an alarm is due: once, at an instant or after a delay, or again and again by cron. A value:
 * immutable, compared by content, without a clock. The caller says what time it is.
 *
 * <p>All due times are between {@link #EARLIEST} and {@link #LATEST}. What is invalid is refused
 * with an {@link IllegalArgumentException} when the schedule is made, never when it is evaluated;
 * the message names the argument, the reason and a valid example.
 *
 * <p>Schedules are persisted. The type names, the component names and the rules of what is valid
 * are the on-disk format: a rule may become wider, never stricter.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Schedule.At.class, name = "at"),
  @JsonSubTypes.Type(value = Schedule.After.class, name = "after"),
  @JsonSubTypes.Type(value = Schedule.Cron.class, name = "cron")
})
public sealed interface Schedule {
  /** The first instant that a schedule can name: the start of the year 0, UTC. */
  Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");

  /** The last instant that a schedule can name: the end of the year 9999, UTC. */
  Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  /**
   * The first due time of an alarm that is scheduled at {@code now}. The alarm is to be filed under
   * this instant; a delay counts from here and is not to be evaluated again after a crash.
   *
   * @return for {@code at} that instant, which may be past: then it is due at once. For {@code
   *     after} the end of the delay, but at most {@link #LATEST}. For {@code cron} the first tick
   *     strictly after {@code now}, or {@link #LATEST} if there is none up to then.
   */
  Instant first(Instant now);

  /**
   * The due time after one that was fired.
   *
   * @param firedAt when the alarm was fired by the clock, not when it was due. Ticks up to and
   *     including this instant are passed over: however many were missed while nobody was there to
   *     fire them, they are made up for by the one that was fired.
   * @return for {@code cron} the first tick strictly after {@code firedAt}, empty if there is none
   *     up to {@link #LATEST}; for the others always empty: they fire once
   */
  Optional<Instant> next(Instant firedAt);

  /**
   * Once, at that instant. A past one is due at once.
   *
   * @throws IllegalArgumentException if it is missing, before {@link #EARLIEST} or after {@link
   *     #LATEST}
   */
  static Schedule at(Instant time) {
    return new At(time);
  }

  /**
   * Once, that long after the alarm is scheduled. Zero is due at once. A delay has no upper bound,
   * but what it leads to beyond {@link #LATEST} is taken for {@link #LATEST}.
   *
   * @throws IllegalArgumentException if the delay is missing or negative
   */
  static Schedule after(Duration delay) {
    return new After(delay);
  }

  /**
   * At every tick of a UNIX cron expression, by the clocks of that zone. See {@link Cron} for what
   * is understood, and for what happens when the clocks are changed.
   *
   * @throws IllegalArgumentException if the expression or the zone is missing, or the expression is
   *     malformed, longer than {@value Cron#LONGEST_EXPRESSION} characters, or never fires
   */
  static Schedule cron(String expression, ZoneId zone) {
    return new Cron(expression, zone);
  }

  /**
   * The same with the zone as text, as {@link ZoneId#of(String)} reads it.
   *
   * @throws IllegalArgumentException also if there is no such zone
   */
  static Schedule cron(String expression, String zone) {
    return new Cron(expression, zoneOf(zone));
  }

  private static ZoneId zoneOf(String zone) {
    Cron.require(zone != null, "zone is missing", Cron.ZONE_EXAMPLE);
    try {
      return ZoneId.of(zone);
    } catch (DateTimeException e) {
      // The text itself may be of any length.
      var shown = zone.length() > 64 ? zone.substring(0, 64) + "…" : zone;
      throw new IllegalArgumentException(
          "zone '%s' is unknown; %s".formatted(shown, Cron.ZONE_EXAMPLE), e);
    }
  }

  /** Once, at {@code time}. Made by {@link Schedule#at}, which says what is refused. */
  record At(Instant time) implements Schedule {
    private static final String EXAMPLE = "a valid one is 2027-01-31T09:00:00Z";

    public At {
      Cron.require(time != null, "time is missing", EXAMPLE);
      Cron.require(
          !time.isBefore(EARLIEST) && !time.isAfter(LATEST),
          "time " + time + " is not between " + EARLIEST + " and " + LATEST,
          EXAMPLE);
    }

    @Override
    public Instant first(Instant now) {
      return time;
    }

    @Override
    public Optional<Instant> next(Instant firedAt) {
      return Optional.empty();
    }
  }

  /** Once, when {@code delay} has passed. Made by {@link Schedule#after}. */
  record After(Duration delay) implements Schedule {
    private static final String EXAMPLE = "a valid one is PT15M";

    public After {
      Cron.require(delay != null, "delay is missing", EXAMPLE);
      Cron.require(!delay.isNegative(), "delay " + delay + " is negative", EXAMPLE);
    }

    @Override
    public Instant first(Instant now) {
      // Compared as durations: the sum may be more than an instant can hold.
      return delay.compareTo(Duration.between(now, LATEST)) > 0 ? LATEST : now.plus(delay);
    }

    @Override
    public Optional<Instant> next(Instant firedAt) {
      return Optional.empty();
    }
  }

  /**
   * At every tick of {@code expression} by the clocks of {@code zone}, in whole minutes. Made by
   * {@link Schedule#cron(String, ZoneId)}.
   *
   * <p>Five fields: minute (0–59), hour (0–23), day of month (1–31), month (1–12 or JAN–DEC), day
   * of week (0–7 or SUN–SAT; 0 and 7 are Sunday), in either case. In each a {@code *}, a value, a
   * range {@code 1-5}, a step {@code *}{@code /15}, {@code 10-50/20} or {@code 5/15} (from 5 to the
   * end), or a list of these. A range does not wrap. If both day fields are restricted, a day that
   * fits either is taken. There are no nicknames ({@code @daily}), no seconds, no {@code L}, {@code
   * W}, {@code #}, {@code ?} or {@code |}.
   *
   * <p>Where the clocks are changed, it depends on the hour field:
   *
   * <ul>
   *   <li>Anything but a lone {@code *} makes appointments: each time of day is kept exactly once.
   *       One that the clocks leave out is due the moment they are put forward, together with
   *       others that are left out then; one that they repeat is due the first time.
   *   <li>A lone {@code *} makes a rhythm: every minute that fits is a tick. Those that the clocks
   *       leave out do not exist, those that they repeat are ticks both times, so a rhythm neither
   *       pauses for the repeated hour nor stumbles over the missing one.
   * </ul>
   *
   * <p>To evaluate one takes time in proportion to the length of the expression and the years to
   * the next tick, which are eight at most.
   */
  record Cron(String expression, ZoneId zone) implements Schedule {
    /** Longest expression in characters, including this many; spaces count. */
    public static final int LONGEST_EXPRESSION = 100;

    private static final String ZONE_EXAMPLE = "a valid one is Europe/Berlin";

    public Cron {
      require(zone != null, "zone is missing", ZONE_EXAMPLE);
      CronTicks.check(expression);
    }

    @Override
    public Instant first(Instant now) {
      return next(now).orElse(LATEST);
    }

    @Override
    public Optional<Instant> next(Instant firedAt) {
      return new CronTicks(expression, zone).after(firedAt);
    }

    private static void require(boolean valid, String reason, String example) {
      if (!valid) {
        throw new IllegalArgumentException(reason + "; " + example);
      }
    }
  }
}
