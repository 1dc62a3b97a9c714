package dev.retriever.executor;

import dev.retriever.executor.InvalidRequest.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What to ask of a target. A value: it validates itself, and two requests are equal when every byte
 * of them is.
 *
 * @param method one of {@link #METHODS}, upper case
 * @param url absolute, http or https, without user info or fragment, at most 8192 characters
 * @param headers at most 64, ASCII, none that frame the message or belong to one hop
 * @param idempotencyKey what the target is sent as {@code Idempotency-Key}, the same with each
 *     attempt
 */
public record FetchRequest(
    String method,
    String url,
    List<Header> headers,
    Optional<Body> body,
    Optional<String> idempotencyKey) {

  /** Custom methods are refused: they would be written to the wire as they stand. */
  public static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS");

  /**
   * @throws InvalidRequest naming the field and the rule it breaks
   */
  public FetchRequest {
    if (!METHODS.contains(method)) {
      throw new InvalidRequest(
          Kind.METHOD, "/method", "the method must be one of " + sorted(METHODS));
    }
    RequestRules.checkUrl(url);
    headers = List.copyOf(headers);
    RequestRules.checkHeaders(headers);
    idempotencyKey.ifPresent(RequestRules::checkIdempotencyKey);
    if (idempotencyKey.isPresent() && headers.stream().anyMatch(h -> h.named("Idempotency-Key"))) {
      throw new InvalidRequest(
          Kind.HEADER,
          "/idempotencyKey",
          "give the key either as idempotencyKey or as a header, not both");
    }
  }

  public static FetchRequest get(String url) {
    return new FetchRequest("GET", url, List.of(), Optional.empty(), Optional.empty());
  }

  public static FetchRequest post(String url, Body body) {
    return new FetchRequest("POST", url, List.of(), Optional.of(body), Optional.empty());
  }

  /**
   * Whether sending it twice does no more than sending it once: by its method (RFC 9110, section
   * 9.2.2), or because the target is given a key to recognize repetitions by.
   */
  public boolean repeatable() {
    return IDEMPOTENT.contains(method)
        || idempotencyKey.isPresent()
        || headers.stream().anyMatch(h -> h.named("Idempotency-Key"));
  }

  private static List<String> sorted(Set<String> names) {
    return names.stream().sorted().map(n -> n.toUpperCase(Locale.ROOT)).toList();
  }

  /** Method and target without query, header values or body: safe to log. */
  @Override
  public String toString() {
    var query = url.indexOf('?');
    return method + " " + (query < 0 ? url : url.substring(0, query) + "?…");
  }
}
