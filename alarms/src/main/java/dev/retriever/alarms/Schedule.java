package dev.retriever.alarms;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.retriever.alarms.calendar.CronTimes;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/**
 * When an alarm is due: once, at an instant or after a delay, or repeatedly by cron. A schedule is
 * an immutable value, compared by content. It has no clock; the caller passes the time.
 *
 * <p>All due times are between {@link #EARLIEST} and {@link #LATEST}. Making an invalid schedule
 * throws an {@link IllegalArgumentException} that names the argument, the reason and a valid
 * example. Evaluating a schedule never throws.
 *
 * <p>Schedules are persisted. Type names, component names and validity rules are part of the
 * on-disk format: a rule may become wider, never stricter.
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
   * The first due time of an alarm that is scheduled at {@code now}. Store this instant with the
   * alarm: a delay counts from here, and must not be evaluated again after a crash.
   *
   * @return for {@code at} its instant; a past one is due at once. For {@code after} the end of the
   *     delay, but at most {@link #LATEST}. For {@code cron} the first tick strictly after {@code
   *     now}, or {@link #LATEST} if there is none until then.
   */
  Instant first(Instant now);

  /**
   * The due time that follows a firing of the alarm.
   *
   * @param firedAt when the alarm fired, not when it was due. Ticks up to and including this
   *     instant are skipped: one firing makes up for all ticks that were missed.
   * @return for {@code cron} the first tick strictly after {@code firedAt}, empty if there is none
   *     until {@link #LATEST}; for the others always empty, because they fire once
   */
  Optional<Instant> next(Instant firedAt);

  /**
   * Fires once, at that instant. A past instant is due at once.
   *
   * @throws IllegalArgumentException if the instant is missing, before {@link #EARLIEST} or after
   *     {@link #LATEST}
   */
  static Schedule at(Instant time) {
    return new At(time);
  }

  /**
   * Fires once, that long after the alarm is scheduled. Zero is due at once. A delay has no upper
   * limit, but a due time after {@link #LATEST} becomes {@link #LATEST}.
   *
   * @throws IllegalArgumentException if the delay is missing or negative
   */
  static Schedule after(Duration delay) {
    return new After(delay);
  }

  /**
   * Fires at every tick of a UNIX cron expression, in the local time of that zone. {@link Cron}
   * describes the syntax, and what happens when the clocks change.
   *
   * @throws IllegalArgumentException if the expression or the zone is missing, or the expression is
   *     malformed, longer than {@value Cron#LONGEST_EXPRESSION} characters, or never fires
   */
  static Schedule cron(String expression, ZoneId zone) {
    return new Cron(expression, zone);
  }

  /**
   * Like {@link #cron(String, ZoneId)}, with the zone as text for {@link ZoneId#of(String)}.
   *
   * @throws IllegalArgumentException also if the zone is unknown
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

  /** Fires once, at {@code time}. Made by {@link Schedule#at}, which lists what it refuses. */
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
   * Fires at every tick of {@code expression} in the local time of {@code zone}, in whole minutes.
   * Made by {@link Schedule#cron(String, ZoneId)}.
   *
   * <p>Five fields: minute (0–59), hour (0–23), day of month (1–31), month (1–12 or JAN–DEC), day
   * of week (0–7 or SUN–SAT; 0 and 7 are Sunday), in either case. In each a {@code *}, a value, a
   * range {@code 1-5}, a step {@code *}{@code /15}, {@code 10-50/20} or {@code 5/15} (from 5 to the
   * end), or a list of these. A range does not wrap. If both day fields are restricted, a day that
   * fits either is taken. There are no nicknames ({@code @daily}), no seconds, no {@code L}, {@code
   * W}, {@code #}, {@code ?} or {@code |}.
   *
   * <p>When the clocks change, the hour field decides:
   *
   * <ul>
   *   <li>An hour field other than {@code *} makes appointments: each time of day occurs exactly
   *       once. A time that the clocks skip is due when they are put forward; several skipped times
   *       are due together. A time that the clocks repeat is due the first time.
   *   <li>The hour field {@code *} makes a rhythm: every matching minute is a tick. Minutes that
   *       the clocks skip are no ticks; minutes that they repeat are ticks both times.
   * </ul>
   *
   * <p>Evaluation takes a time proportional to the length of the expression and to the years until
   * the next tick, at most eight.
   */
  record Cron(String expression, ZoneId zone) implements Schedule {
    /** Longest expression in characters, including this many; spaces count. */
    public static final int LONGEST_EXPRESSION = CronTimes.LONGEST_EXPRESSION;

    private static final String ZONE_EXAMPLE = "a valid one is Europe/Berlin";

    public Cron {
      require(zone != null, "zone is missing", ZONE_EXAMPLE);
      CronTimes.of(expression);
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
