package dev.retriever.origin.http;

import dev.retriever.executor.Header;
import dev.retriever.executor.Response;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Reads how long a target asks to wait (RFC 9110, section 10.2.3): in seconds, or until a date. The
 * longest of several values counts; other values are ignored.
 */
public final class RetryAfter {
  /** Longer waits count as this one, which is beyond the 30 days of every fetch. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private static final Pattern SECONDS = Pattern.compile("([+-]?)(?=\\.?\\d)(\\d*)(?:\\.(\\d*))?");

  /** Values are separated by commas, but the comma after the day of the week is part of a date. */
  private static final Pattern VALUE =
      Pattern.compile("\\s*(?i:mon|tue|wed|thu|fri|sat|sun)\\p{Alpha}{0,6},[^,]*|[^,]+");

  private static final int MOST_DIGITS = 9;
  private static final int MILLIS_DIGITS = 3;

  private RetryAfter() {}

  /**
   * When the target may be asked again, not before {@code now}; empty when the response does not
   * say.
   */
  public static Optional<Instant> of(Response response, Instant now) {
    // Dates are of the target's clock, so they are compared with its {@code Date}.
    var sentAt = date(response, now).orElse(now);
    return response.headers().stream()
        .filter(header -> header.named("Retry-After"))
        .flatMap(header -> VALUE.matcher(header.value()).results())
        .map(MatchResult::group)
        .map(value -> wait(value.strip(), sentAt, now))
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder())
        .map(wait -> now.plus(bounded(wait)));
  }

  private static Optional<Instant> date(Response response, Instant now) {
    List<Header> dates = response.headers().stream().filter(it -> it.named("Date")).toList();
    return dates.size() == 1 ? HttpDate.parse(dates.get(0).value(), now) : Optional.empty();
  }

  private static Optional<Duration> wait(String value, Instant sentAt, Instant now) {
    var seconds = SECONDS.matcher(value);
    return seconds.matches()
        ? Optional.of(seconds(seconds.toMatchResult()))
        : HttpDate.parse(value, now).map(at -> Duration.between(sentAt, at));
  }

  private static Duration seconds(MatchResult parts) {
    var whole = parts.group(2).replaceFirst("^0+", "");
    if (parts.group(1).equals("-")) {
      return Duration.ZERO;
    }
    if (whole.length() > MOST_DIGITS) {
      return LONGEST;
    }
    var fraction = parts.group(3) == null ? "" : parts.group(3);
    var shortened = fraction.substring(0, Math.min(fraction.length(), MOST_DIGITS));
    return Duration.ofMillis(
        new BigDecimal("0" + whole + "." + shortened + "0")
            .scaleByPowerOfTen(MILLIS_DIGITS)
            .setScale(0, RoundingMode.UP)
            .longValueExact());
  }

  private static Duration bounded(Duration wait) {
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }
}
