package dev.retriever.cluster.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/** The {@code Prefer} header (RFC 7240), as far as it is honoured: {@code wait=seconds}. */
public final class Prefer {
  /** Commas separate preferences. A semicolon begins a parameter of one. */
  private static final Pattern WAIT =
      Pattern.compile(
          "(?:^|,)\\s*wait\\s*=\\s*\"?(\\d{1,9})\"?\\s*(?=$|[,;])", Pattern.CASE_INSENSITIVE);

  private Prefer() {}

  /**
   * How long to wait, at most {@code longest}. An invalid preference is ignored, and so is one that
   * was stated before.
   *
   * @param values those of all header lines of that name
   */
  public static Optional<Duration> wait(List<String> values, Duration longest) {
    return Optional.of(String.join(",", values))
        .map(WAIT::matcher)
        .filter(Matcher::find)
        .map(match -> Duration.ofSeconds(Long.parseLong(match.group(1))))
        .filter(wait -> !wait.isZero())
        .map(wait -> wait.compareTo(longest) > 0 ? longest : wait);
  }

  /** The response with a header that says how long the caller might have waited. */
  public static HttpResponse applied(HttpResponse response, Optional<Duration> wait) {
    return wait.map(
            w ->
                response.addHeader(RawHeader.create("Preference-Applied", "wait=" + w.toSeconds())))
        .orElse(response);
  }
}
