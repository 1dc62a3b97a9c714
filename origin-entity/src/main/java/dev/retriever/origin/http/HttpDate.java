package dev.retriever.origin.http;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Dates of HTTP in the three forms that a recipient must read (RFC 9110, section 5.6.7), and in
 * some that are sent: {@code UTC} for {@code GMT}, an offset, one digit for the day.
 */
final class HttpDate {
  private static final String TIME = "(?<h>\\d\\d):(?<m>\\d\\d):(?<s>\\d\\d)";

  /**
   * The present form, as in {@code Sun, 06 Nov 1994}, and of RFC 850, as in {@code Sunday,
   * 06-Nov-94}.
   */
  private static final Pattern IMF_OR_RFC_850 =
      of(
          "(?<w>[a-z]{3,9}), (?<d>\\d\\d?)[ -](?<mon>[a-z]{3})[ -](?<y>\\d{4}|\\d\\d) "
              + TIME
              + " (?<z>gmt|utc?|z|[+-]\\d{4})");

  private static final Pattern ASCTIME =
      of("(?<w>[a-z]{3}) (?<mon>[a-z]{3}) +(?<d>\\d\\d?) " + TIME + " (?<y>\\d{4})(?<z>)");

  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
  private static final int CENTURY = 100;
  private static final int AHEAD = 50;

  private HttpDate() {}

  private static Pattern of(String regex) {
    return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
  }

  /**
   * The time of that text; empty when it is no date, or its day of the week is wrong.
   *
   * @param now decides the century of a year with two digits
   */
  static Optional<Instant> parse(String text, Instant now) {
    for (var form : new Pattern[] {IMF_OR_RFC_850, ASCTIME}) {
      var parts = form.matcher(text.strip());
      if (parts.matches()) {
        return read(parts, now);
      }
    }
    return Optional.empty();
  }

  private static Optional<Instant> read(Matcher parts, Instant now) {
    try {
      var seconds = number(parts, "s");
      // A leap second counts as the next second.
      var leap = seconds == 60 ? 1 : 0;
      var month = MONTHS.indexOf(parts.group("mon").toLowerCase(Locale.ROOT));
      var at =
          LocalDateTime.of(
                  year(parts, now),
                  month % 3 == 0 ? month / 3 + 1 : 0,
                  number(parts, "d"),
                  number(parts, "h"),
                  number(parts, "m"),
                  seconds - leap)
              .plusSeconds(leap);
      return named(at.getDayOfWeek(), parts.group("w"))
          ? Optional.of(at.toInstant(zone(parts.group("z"))))
          : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static int number(Matcher parts, String name) {
    return Integer.parseInt(parts.group(name));
  }

  /** More than 50 years ahead means the last year with these two digits. */
  private static int year(Matcher parts, Instant now) {
    var year = number(parts, "y");
    if (parts.group("y").length() > 2) {
      return year;
    }
    var today = now.atOffset(ZoneOffset.UTC).getYear();
    var ofThisCentury = today - today % CENTURY + year;
    if (ofThisCentury > today + AHEAD) {
      return ofThisCentury - CENTURY;
    }
    return ofThisCentury + CENTURY <= today + AHEAD ? ofThisCentury + CENTURY : ofThisCentury;
  }

  private static boolean named(DayOfWeek day, String name) {
    return day.getDisplayName(TextStyle.SHORT, Locale.ENGLISH).equalsIgnoreCase(name)
        || day.getDisplayName(TextStyle.FULL, Locale.ENGLISH).equalsIgnoreCase(name);
  }

  private static ZoneOffset zone(String name) {
    return name.startsWith("+") || name.startsWith("-") ? ZoneOffset.of(name) : ZoneOffset.UTC;
  }
}
