package dev.retriever.cluster.http;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Durations as the API reads and writes them: {@code 250ms}, {@code 30s}, {@code 5m}, {@code 24h},
 * ISO-8601.
 */
public final class Durations {
  private static final Pattern SHORT = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

  private Durations() {}

  /** Empty for anything else, negative ones included. */
  public static Optional<Duration> parse(String text) {
    try {
      var match = SHORT.matcher(text);
      var duration =
          match.matches()
              ? unit(match.group(2)).multipliedBy(Long.parseLong(match.group(1)))
              : Duration.parse(text);
      return duration.isNegative() ? Optional.empty() : Optional.of(duration);
    } catch (DateTimeParseException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** In the largest unit in which it is a whole number; to the millisecond, rounded up. */
  public static String text(Duration duration) {
    var millis = duration.plusNanos(999_999).toMillis();
    for (var name : List.of("d", "h", "m", "s")) {
      var unit = unit(name).toMillis();
      if (millis != 0 && millis % unit == 0) {
        return millis / unit + name;
      }
    }
    return millis + "ms";
  }

  private static Duration unit(String name) {
    return switch (name) {
      case "ms" -> Duration.ofMillis(1);
      case "s" -> Duration.ofSeconds(1);
      case "m" -> Duration.ofMinutes(1);
      case "h" -> Duration.ofHours(1);
      default -> Duration.ofDays(1);
    };
  }
}
