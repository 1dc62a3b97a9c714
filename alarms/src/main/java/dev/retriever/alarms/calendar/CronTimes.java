package dev.retriever.alarms.calendar;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The local times that a UNIX cron expression of five fields names, in whole minutes. It knows no
 * zone and no change of clocks: the library behind it drops times that the clocks skip, and may
 * repeat others, so the callers map local times to instants themselves.
 */
public final class CronTimes {
  /** Longest expression in characters, including this many; spaces count. */
  public static final int LONGEST_EXPRESSION = 100;

  private static final CronParser PARSER =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

  /** The characters of the five fields. The library would accept more, such as other digits. */
  private static final Pattern CHARACTERS = Pattern.compile("[0-9A-Za-z*,/ \\t-]*");

  private static final String EXAMPLE =
      "a valid one is '0 9 * * MON-FRI' (minute, hour, day of month, month, day of week)";

  /** Any day serves: a date that does not occur within eight years never occurs. */
  private static final LocalDateTime SOME_DAY = LocalDateTime.of(2096, 3, 1, 0, 0);

  private final ExecutionTime times;
  private final boolean everyHour;

  private CronTimes(ExecutionTime times, boolean everyHour) {
    this.times = times;
    this.everyHour = everyHour;
  }

  /**
   * The times of that expression.
   *
   * @throws IllegalArgumentException if it is missing, malformed, longer than {@link
   *     #LONGEST_EXPRESSION}, or names no time within eight years. The message has the reason and a
   *     valid example
   */
  public static CronTimes of(String expression) {
    if (expression == null) {
      throw refused("is missing", null);
    }
    if (expression.length() > LONGEST_EXPRESSION) {
      throw refused("is longer than %d characters".formatted(LONGEST_EXPRESSION), null);
    }
    if (!CHARACTERS.matcher(expression).matches()) {
      throw refused("'%s' has characters other than A-Z 0-9 * , - /".formatted(expression), null);
    }
    var cron = parsed(expression);
    if (cron.after(SOME_DAY).isEmpty()) {
      throw refused("'%s' never fires: no month has such a day".formatted(expression), null);
    }
    return cron;
  }

  /**
   * The times of an expression that {@link #of} has accepted. It is not looked for a time again.
   *
   * @throws IllegalArgumentException if it is malformed
   */
  public static CronTimes ofValid(String expression) {
    return parsed(expression);
  }

  private static CronTimes parsed(String expression) {
    try {
      // The library uses upper case by the default locale, in which "fri" may become "FRİ".
      var times = ExecutionTime.forCron(PARSER.parse(expression.toUpperCase(Locale.ROOT)));
      return new CronTimes(times, expression.trim().split("\\s+")[1].equals("*"));
    } catch (IllegalArgumentException e) {
      throw refused("'%s' is not valid: %s".formatted(expression, reason(e)), e);
    }
  }

  private static IllegalArgumentException refused(String reason, Exception cause) {
    return new IllegalArgumentException("cron expression " + reason + "; " + EXAMPLE, cause);
  }

  private static String reason(IllegalArgumentException e) {
    return e.getMessage().replace("Failed to parse cron expression. ", "");
  }

  /** Whether the hour field is {@code *}: then it names a rhythm, and not a time of day. */
  public boolean everyHour() {
    return everyHour;
  }

  /**
   * The first of its times strictly after that minute. Seconds of the argument do not count, so
   * that a time just before a minute gives this minute.
   */
  public Optional<LocalDateTime> after(LocalDateTime time) {
    // The library would keep fractions of a minute.
    return times
        .nextExecution(time.truncatedTo(ChronoUnit.MINUTES).atZone(ZoneOffset.UTC))
        .map(ZonedDateTime::toLocalDateTime);
  }

  /** The first of its times that is not before that one. */
  public Optional<LocalDateTime> from(LocalDateTime time) {
    return after(time.minusNanos(1));
  }
}
