package dev.retriever.alarms;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The ticks of a cron expression. The cron library computes local times in UTC, which has no clock
 * changes; this class maps them to instants of the zone. The library alone does not suffice: in a
 * zone with clock changes it drops appointments in a gap, and it may repeat those in an overlap.
 */
final class CronTicks {
  private static final CronParser PARSER =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

  /** The characters of the five fields. The library would accept more, such as other digits. */
  private static final Pattern CHARACTERS = Pattern.compile("[0-9A-Za-z*,/ \\t-]*");

  private static final String EXAMPLE =
      "a valid one is '0 9 * * MON-FRI' (minute, hour, day of month, month, day of week)";

  /** Any day serves: a date that does not occur within eight years never occurs. */
  private static final LocalDateTime SOME_DAY = LocalDateTime.of(2096, 3, 1, 0, 0);

  private final ExecutionTime localTimes;
  private final ZoneId zone;
  private final boolean rhythm;

  /**
   * @param expression one that {@link #check} has accepted
   */
  CronTicks(String expression, ZoneId zone) {
    this.localTimes = parse(expression);
    this.zone = zone;
    this.rhythm = expression.trim().split("\\s+")[1].equals("*");
  }

  /** Refuses an expression that cannot be parsed or that never fires. */
  static void check(String expression) {
    if (expression == null) {
      throw refused("is missing", null);
    }
    if (expression.length() > Schedule.Cron.LONGEST_EXPRESSION) {
      throw refused(
          "is longer than %d characters".formatted(Schedule.Cron.LONGEST_EXPRESSION), null);
    }
    if (!CHARACTERS.matcher(expression).matches()) {
      throw refused("'%s' has characters other than A-Z 0-9 * , - /".formatted(expression), null);
    }
    ExecutionTime localTimes;
    try {
      localTimes = parse(expression);
    } catch (IllegalArgumentException e) {
      throw refused("'%s' is not valid: %s".formatted(expression, reason(e)), e);
    }
    if (next(localTimes, SOME_DAY).isEmpty()) {
      throw refused("'%s' never fires: no month has such a day".formatted(expression), null);
    }
  }

  private static IllegalArgumentException refused(String reason, Exception cause) {
    return new IllegalArgumentException("cron expression " + reason + "; " + EXAMPLE, cause);
  }

  private static String reason(IllegalArgumentException e) {
    return e.getMessage().replace("Failed to parse cron expression. ", "");
  }

  private static ExecutionTime parse(String expression) {
    // The library uses upper case by the default locale, in which "fri" may become "FRİ".
    return ExecutionTime.forCron(PARSER.parse(expression.toUpperCase(Locale.ROOT)));
  }

  /** The first tick strictly after {@code time} and not after {@link Schedule#LATEST}. */
  Optional<Instant> after(Instant time) {
    if (!time.isBefore(Schedule.LATEST)) {
      return Optional.empty();
    }
    var from = time.isBefore(Schedule.EARLIEST) ? Schedule.EARLIEST : time;
    var local = from.atZone(zone);
    var tick = rhythm ? nextOfRhythm(local) : nextAppointment(local);
    return tick.filter(instant -> !instant.isAfter(Schedule.LATEST));
  }

  private Optional<Instant> nextAppointment(ZonedDateTime from) {
    var transition = transition(from.toLocalDateTime());
    var passed =
        repeatedIn(transition, from)
            ? justBefore(transition.getDateTimeBefore())
            : from.toLocalDateTime();
    return next(localTimes, passed).map(this::instantOfAppointment);
  }

  private Instant instantOfAppointment(LocalDateTime local) {
    var transition = transition(local);
    return transition != null && transition.isGap()
        ? transition.getInstant()
        : ZonedDateTime.ofLocal(local, zone, null).toInstant();
  }

  private Optional<Instant> nextOfRhythm(ZonedDateTime from) {
    var local = next(localTimes, from.toLocalDateTime());
    var transition = transition(from.toLocalDateTime());
    if (transition != null && transition.isOverlap()) {
      var end = transition.getDateTimeBefore();
      var samePass = local.filter(end::isAfter);
      if (samePass.isPresent()) {
        return samePass.map(time -> time.toInstant(from.getOffset()));
      }
      if (!repeatedIn(transition, from)) {
        var secondPass =
            next(localTimes, justBefore(transition.getDateTimeAfter())).filter(end::isAfter);
        if (secondPass.isPresent()) {
          return secondPass.map(time -> time.toInstant(transition.getOffsetAfter()));
        }
      }
    }
    return local.flatMap(this::instantOfRhythm);
  }

  private Optional<Instant> instantOfRhythm(LocalDateTime local) {
    var transition = transition(local);
    return transition != null && transition.isGap()
        ? next(localTimes, justBefore(transition.getDateTimeAfter())).flatMap(this::instantOfRhythm)
        : Optional.of(ZonedDateTime.ofLocal(local, zone, null).toInstant());
  }

  /** The gap or overlap that the local time is in, or null. */
  private ZoneOffsetTransition transition(LocalDateTime local) {
    return zone.getRules().getTransition(local);
  }

  private static boolean repeatedIn(ZoneOffsetTransition transition, ZonedDateTime time) {
    return transition != null
        && transition.isOverlap()
        && time.getOffset().equals(transition.getOffsetAfter());
  }

  private static LocalDateTime justBefore(LocalDateTime time) {
    return time.minusNanos(1);
  }

  private static Optional<LocalDateTime> next(ExecutionTime localTimes, LocalDateTime passed) {
    // Ticks are whole minutes; the library would keep fractions of a second.
    return localTimes
        .nextExecution(passed.truncatedTo(ChronoUnit.MINUTES).atZone(ZoneOffset.UTC))
        .map(ZonedDateTime::toLocalDateTime);
  }
}
