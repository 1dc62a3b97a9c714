package dev.retriever.cluster;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** The {@code Prefer} header (RFC 7240), as far as it is honoured: {@code wait=seconds}. */
final class Prefer {
  private static final Pattern WAIT =
      Pattern.compile("(?:^|[,;])\\s*wait\\s*=\\s*\"?(\\d{1,9})\"?\\s*(?=$|[,;])");

  private Prefer() {}

  /** How long to wait, at most {@code longest}. A preference that makes no sense is ignored. */
  static Optional<Duration> wait(Optional<String> header, Duration longest) {
    return header
        .map(WAIT::matcher)
        .filter(java.util.regex.Matcher::find)
        .map(match -> Duration.ofSeconds(Long.parseLong(match.group(1))))
        .filter(wait -> !wait.isZero())
        .map(wait -> wait.compareTo(longest) > 0 ? longest : wait);
  }
}
