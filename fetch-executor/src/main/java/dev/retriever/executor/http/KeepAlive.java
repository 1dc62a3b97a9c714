package dev.retriever.executor.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a target says in {@code Keep-Alive} about how long its connection may be used. */
final class KeepAlive {
  /** It says nothing, or nothing that is understood. */
  static final Duration UNSAID = Duration.ofNanos(Long.MAX_VALUE);

  /** The target's clock began before ours, and a request takes a while to get there. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private static final Pattern PARAMETER =
      Pattern.compile("(timeout|max)\\s*=\\s*\"?([0-9]{1,9})\"?\\s*");

  private KeepAlive() {}

  /**
   * How long a connection may be idle after a response with those headers. Zero when it must not be
   * used again; {@link #UNSAID} when the target sets no limit. The least of several values counts.
   */
  static Duration mostIdle(HttpHeaders headers) {
    var most = UNSAID;
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
      return UNSAID;
    }
    var number = Integer.parseInt(matcher.group(2));
    if (matcher.group(1).equals("max")) {
      return number <= 1 ? Duration.ZERO : UNSAID;
    }
    return number <= 1 ? Duration.ZERO : Duration.ofSeconds(number).minus(MARGIN);
  }
}
