package dev.retriever.executor;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.retriever.executor.InvalidRequest.Kind;
import dev.retriever.executor.trace.AttemptTrace;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * An HTTP request to a target. It is an immutable value that validates itself; two requests are
 * equal if all their bytes are. Start with a method and add the parts:
 *
 * <pre>{@code
 * FetchRequest.post(url).json(charge).idempotencyKey(charge.orderId())
 * }</pre>
 *
 * <p>Each step returns a new request, and throws {@link InvalidRequest} if that would break a rule.
 *
 * @param method one of {@link #METHODS}, upper case
 * @param url absolute, http or https, without user info or fragment, at most 8192 printable ASCII
 *     characters. It is sent unchanged, so escape it. Only {@code | { } ^ ` " < >} in its query are
 *     escaped for you
 * @param headers at most 64, in the order of sending; together at most 32 KiB. A name is a token of
 *     1 to 128 characters, a value at most 8192 printable ASCII characters. None may frame the
 *     message or belong to one hop, such as {@code Host} or {@code Content-Length}
 * @param body at most {@link #MAX_BODY} bytes
 * @param idempotencyKey sent as {@code Idempotency-Key}, the same for each attempt: 1 to 256
 *     printable ASCII characters without spaces. A header of that name is not allowed beside it
 * @param signing how the executor signs it; empty for a request that is sent as it is
 * @param trace of the attempt that sends it; never journaled
 */
public record FetchRequest(
    String method,
    String url,
    List<Header> headers,
    Optional<Body> body,
    Optional<String> idempotencyKey,
    // Left out when empty, as between nodes and in journals from before there were callbacks.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Signing> signing,
    // Left out when empty, as between nodes that know no traces.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<AttemptTrace> trace) {

  /** The allowed methods. Custom methods are refused, because they would be sent unchecked. */
  public static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  /** The most bytes of a body, inclusive. Use far fewer, because bodies are journaled. */
  public static final int MAX_BODY = 64 * 1024 * 1024;

  private static final String CONTENT_TYPE = "Content-Type";
  private static final String JSON = "application/json";
  private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS");

  /**
   * @throws InvalidRequest naming the field and the rule it breaks
   */
  public FetchRequest {
    if (!METHODS.contains(method)) {
      throw new InvalidRequest(
          Kind.METHOD, "/method", "the method must be one of " + sorted(METHODS));
    }
    url = RequestRules.escapedQuery(url);
    RequestRules.checkUrl(url);
    headers = List.copyOf(headers);
    RequestRules.checkHeaders(headers);
    body.ifPresent(RequestRules::checkBody);
    idempotencyKey.ifPresent(RequestRules::checkIdempotencyKey);
    if (idempotencyKey.isPresent() && headers.stream().anyMatch(h -> h.named("Idempotency-Key"))) {
      throw new InvalidRequest(
          Kind.HEADER,
          "/idempotencyKey",
          "give the key either as idempotencyKey or as a header, not both");
    }
    signing = signing == null ? Optional.empty() : signing;
    trace = trace == null ? Optional.empty() : trace;
  }

  /**
   * One that is not signed, and in no trace.
   *
   * @throws InvalidRequest naming the field and the rule it breaks
   */
  public FetchRequest(
      String method,
      String url,
      List<Header> headers,
      Optional<Body> body,
      Optional<String> idempotencyKey) {
    this(method, url, headers, body, idempotencyKey, Optional.empty(), Optional.empty());
  }

  /** A {@code GET} of that URL. */
  public static FetchRequest get(String url) {
    return of("GET", url);
  }

  /** A {@code HEAD} of that URL. */
  public static FetchRequest head(String url) {
    return of("HEAD", url);
  }

  /** A {@code POST} of that URL. */
  public static FetchRequest post(String url) {
    return of("POST", url);
  }

  /** A {@code PUT} of that URL. */
  public static FetchRequest put(String url) {
    return of("PUT", url);
  }

  /** A {@code PATCH} of that URL. */
  public static FetchRequest patch(String url) {
    return of("PATCH", url);
  }

  /** A {@code DELETE} of that URL. */
  public static FetchRequest delete(String url) {
    return of("DELETE", url);
  }

  /** An {@code OPTIONS} of that URL. */
  public static FetchRequest options(String url) {
    return of("OPTIONS", url);
  }

  /** A request of that method, without headers, body or idempotency key. */
  public static FetchRequest of(String method, String url) {
    return new FetchRequest(method, url, List.of(), Optional.empty(), Optional.empty());
  }

  /** Adds a header after the others; a {@code Content-Type} replaces an earlier one. */
  public FetchRequest header(String name, String value) {
    return header(new Header(name, value));
  }

  /**
   * Adds a header whose value is a secret of the executor's node. Only the name of the secret is
   * journaled; its value is read when the request is sent.
   *
   * @param prefix the text before the secret, such as {@code "Bearer "}; may be empty
   * @param secret the name of the secret in {@code retriever.executor.transport.secrets}
   */
  public FetchRequest secret(String name, String prefix, String secret) {
    return header(new Header(name, prefix, Optional.of(secret)));
  }

  private FetchRequest header(Header header) {
    var kept = headers.stream().filter(h -> !header.named(CONTENT_TYPE) || !h.named(CONTENT_TYPE));
    return new FetchRequest(
        method,
        url,
        Stream.concat(kept, Stream.of(header)).toList(),
        body,
        idempotencyKey,
        signing,
        trace);
  }

  /**
   * Sets the key by which the target recognizes repetitions; it makes a {@code POST} repeatable.
   */
  public FetchRequest idempotencyKey(String key) {
    return new FetchRequest(method, url, headers, body, Optional.of(key), signing, trace);
  }

  /** Sets the body and leaves the headers unchanged. */
  public FetchRequest body(Body newBody) {
    return new FetchRequest(
        method, url, headers, Optional.of(newBody), idempotencyKey, signing, trace);
  }

  /** Has the executor sign it, at each attempt anew. */
  public FetchRequest signed(Signing how) {
    return new FetchRequest(method, url, headers, body, idempotencyKey, Optional.of(how), trace);
  }

  /** The same without {@link #signing}. */
  FetchRequest unsigned() {
    return new FetchRequest(method, url, headers, body, idempotencyKey, Optional.empty(), trace);
  }

  /** The same with that trace, or without one. */
  public FetchRequest traced(Optional<AttemptTrace> by) {
    return new FetchRequest(method, url, headers, body, idempotencyKey, signing, by);
  }

  /** The same without its trace, and with these headers after its own. */
  public FetchRequest telling(List<Header> more) {
    var all = Stream.concat(headers.stream(), more.stream()).toList();
    return new FetchRequest(method, url, all, body, idempotencyKey, signing, Optional.empty());
  }

  /** Sets body and {@code Content-Type}. The array is not copied; do not change it. */
  public FetchRequest bytes(byte[] bytes, String contentType) {
    return header(CONTENT_TYPE, contentType).body(new Body(bytes));
  }

  /**
   * Sets that text as the body, as {@code text/plain} in UTF-8.
   *
   * @throws InvalidRequest if the text has an unpaired surrogate; {@link #jsonText} and {@link
   *     #form} throw it too
   */
  public FetchRequest text(String text) {
    return header(CONTENT_TYPE, "text/plain; charset=utf-8").body(utf8(text));
  }

  /** Sets JSON text as the body; it is sent unchanged, in UTF-8. */
  public FetchRequest jsonText(String json) {
    return header(CONTENT_TYPE, JSON).body(utf8(json));
  }

  /**
   * Sets that value as the body, written as JSON by Jackson. Equal values give equal bytes in every
   * run: record components keep their order; properties of other classes, map keys and unordered
   * sets are sorted. Types of {@code java.time} become ISO-8601 text, an empty {@code Optional}
   * null. For JSON from another library use {@link #jsonText}.
   *
   * @throws IllegalArgumentException naming the type that cannot be written; it has no cause,
   *     because Jackson's messages show values
   */
  public FetchRequest json(Object value) {
    return bytes(JsonBody.bytes(value), JSON);
  }

  /**
   * Sets a form as the body: {@code application/x-www-form-urlencoded}, in UTF-8.
   *
   * @param fields sent in the order of the map if it is sorted or a {@link LinkedHashMap}. Other
   *     maps, such as {@code Map.of}, have no fixed order and are sorted by name
   */
  public FetchRequest form(Map<String, String> fields) {
    var ordered = fields instanceof LinkedHashMap || fields instanceof SortedMap;
    var text = new StringJoiner("&");
    (ordered ? fields : new TreeMap<>(fields))
        .forEach((name, value) -> text.add(encoded(name) + "=" + encoded(value)));
    return header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(utf8(text.toString()));
  }

  private static String encoded(String text) {
    utf8(text);
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static Body utf8(String text) {
    try {
      return Body.utf8(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidRequest(Kind.BODY, "/body", e.getMessage());
    }
  }

  /**
   * Whether sending the request twice has no more effect than sending it once: because of its
   * method (RFC 9110, section 9.2.2), or because it has an idempotency key.
   */
  public boolean repeatable() {
    return IDEMPOTENT.contains(method)
        || idempotencyKey.isPresent()
        || headers.stream().anyMatch(h -> h.named("Idempotency-Key"));
  }

  private static List<String> sorted(Set<String> names) {
    return names.stream().sorted().map(n -> n.toUpperCase(Locale.ROOT)).toList();
  }

  /** Shows method and target, without query, header values or body, so it is safe to log. */
  @Override
  public String toString() {
    var query = url.indexOf('?');
    return method + " " + (query < 0 ? url : url.substring(0, query) + "?…");
  }
}
