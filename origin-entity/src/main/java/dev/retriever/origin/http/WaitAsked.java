package dev.retriever.origin.http;

import dev.retriever.executor.Header;
import dev.retriever.executor.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads until when a target that has too much to do asks all its callers to wait. {@code
 * Retry-After} counts first. Without it, headers of rate limits are read leniently, since their
 * standard is a draft with older forms: {@code RateLimit: "default";r=0;t=30}, {@code RateLimit:
 * limit=100, remaining=0, reset=30}, and {@code RateLimit-Reset} or {@code X-RateLimit-Reset}
 * beside nothing that remains.
 */
public final class WaitAsked {
  private static final Set<Integer> STATUSES = Set.of(429, 503);

  /** Larger numbers are seconds since 1970. */
  private static final long LARGEST_WAIT = 1_000_000_000;

  private static final String NUMBER = "\\s*=\\s*\"?(\\d{1,11})\\b";
  private static final Pattern REMAINING = Pattern.compile("(?i)\\b(?:r|remaining)" + NUMBER);
  private static final Pattern RESET = Pattern.compile("(?i)\\b(?:t|reset)" + NUMBER);
  private static final Pattern PLAIN =
      Pattern.compile("\\s*(\\d{1,11})(?:\\.\\d+)?\\s*(?:[,;].*)?");

  private WaitAsked() {}

  /** Until when to wait, not before {@code now}; empty when the response does not ask for it. */
  public static Optional<Instant> of(Response response, Instant now) {
    return STATUSES.contains(response.status())
        ? RetryAfter.of(response, now).or(() -> reset(response, now))
        : Optional.empty();
  }

  private static Optional<Instant> reset(Response response, Instant now) {
    return together(response, now).or(() -> apart(response, now));
  }

  /** Both numbers in one header. */
  private static Optional<Instant> together(Response response, Instant now) {
    return values(response, "RateLimit")
        .filter(value -> number(REMAINING, value).filter(left -> left == 0).isPresent())
        .flatMap(value -> number(RESET, value).stream())
        .max(Long::compare)
        .map(seconds -> until(seconds, now));
  }

  private static Optional<Instant> apart(Response response, Instant now) {
    var left = number(response, "RateLimit-Remaining", "X-RateLimit-Remaining");
    return left.filter(it -> it > 0).isPresent()
        ? Optional.empty()
        : number(response, "RateLimit-Reset", "X-RateLimit-Reset").map(it -> until(it, now));
  }

  private static Optional<Long> number(Response response, String... names) {
    return Stream.of(names)
        .flatMap(name -> values(response, name))
        .flatMap(value -> number(value).stream())
        .findFirst();
  }

  private static Stream<String> values(Response response, String name) {
    return response.headers().stream().filter(it -> it.named(name)).map(Header::value);
  }

  private static Optional<Long> number(Pattern pattern, String value) {
    var found = pattern.matcher(value);
    return found.find() ? Optional.of(Long.parseLong(found.group(1))) : Optional.empty();
  }

  private static Optional<Long> number(String value) {
    var found = PLAIN.matcher(value);
    return found.matches() ? Optional.of(Long.parseLong(found.group(1))) : Optional.empty();
  }

  private static Instant until(long number, Instant now) {
    var at =
        number < LARGEST_WAIT
            ? now.plus(Duration.ofSeconds(number))
            : Instant.ofEpochSecond(number);
    return at.isBefore(now) ? now : at;
  }
}
