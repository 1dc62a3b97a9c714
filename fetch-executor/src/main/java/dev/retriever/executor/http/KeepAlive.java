package dev.retriever.executor.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads from {@code Keep-Alive} how long a connection may be idle. */
final class KeepAlive {
  /** The target sets no limit, or none that is understood. */
  static final Duration UNLIMITED = Duration.ofNanos(Long.MAX_VALUE);

  /** Subtracted from the limit, because the target counts from an earlier moment. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private static final Pattern PARAMETER =
      Pattern.compile("(timeout|max)\\s*=\\s*\"?([0-9]{1,9})\"?\\s*");

  private KeepAlive() {}

  /**
   * How long a connection may be idle after a response with those headers. Zero if it must not be
   * used again; {@link #UNLIMITED} if the target sets no limit. The smallest of several values
   * counts.
   */
  static Duration mostIdle(HttpHeaders headers) {
    var most = UNLIMITED;
    for (var value : headers.getAll("Keep-Alive")) {
      for (var parameter : value.toLowerCase(Locale.ROOT).split(",")) {
        var said = mostIdle(parameter.strip());
        most = said.compareTo(most) < 0 ? said : most;
      }
    }
    return most;
  }

  private static Duration mostIdle(String parameter) {
    var matcher = PARAMETER.matcher(parameter);
    if (!matcher.matches()) {
      return UNLIMITED;
    }
    var number = Integer.parseInt(matcher.group(2));
    if (matcher.group(1).equals("max")) {
      return number <= 1 ? Duration.ZERO : UNLIMITED;
    }
    return number <= 1 ? Duration.ZERO : Duration.ofSeconds(number).minus(MARGIN);
  }
}
