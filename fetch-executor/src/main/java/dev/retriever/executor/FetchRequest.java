package dev.retriever.executor;

import dev.retriever.executor.InvalidRequest.Kind;
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
 * What to ask of a target. A value: immutable, it validates itself, and two requests are equal when
 * every byte of them is. Begin with a method, and add what it needs:
 *
 * <pre>{@code
 * FetchRequest.post(url).json(charge).idempotencyKey(charge.orderId())
 * }</pre>
 *
 * <p>Each step gives a new request, and throws {@link InvalidRequest} when that would break a rule.
 *
 * @param method one of {@link #METHODS}, upper case
 * @param url absolute, http or https, without user info or fragment, at most 8192 printable ASCII
 *     characters. It is sent as it stands: escape what needs it. Only {@code | { } ^ ` " < >} in
 *     its query are escaped for you
 * @param headers at most 64, in the order in which they are sent; together at most 32 KiB. A name
 *     is a token of 1 to 128 characters, a value at most 8192 printable ASCII characters. None may
 *     frame the message or belong to one hop, such as {@code Host} or {@code Content-Length}
 * @param body at most {@link #MAX_BODY} bytes
 * @param idempotencyKey what the target is sent as {@code Idempotency-Key}, the same with each
 *     attempt: 1 to 256 printable ASCII characters without spaces. Not together with a header of
 *     that name
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

  /** Most bytes of a body, including this many. It is journaled, so better have far fewer. */
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

  /** With that header behind the others; a {@code Content-Type} takes the place of another one. */
  public FetchRequest header(String name, String value) {
    return header(new Header(name, value));
  }

  /**
   * With a header whose value is a secret of the executor's node: its name is journaled, and it is
   * looked up when the request is sent.
   *
   * @param prefix goes before it, such as {@code "Bearer "}; may be empty
   * @param secret its name in {@code retriever.executor.transport.secrets}
   */
  public FetchRequest secret(String name, String prefix, String secret) {
    return header(new Header(name, prefix, Optional.of(secret)));
  }

  private FetchRequest header(Header header) {
    var kept = headers.stream().filter(h -> !header.named(CONTENT_TYPE) || !h.named(CONTENT_TYPE));
    return new FetchRequest(
        method, url, Stream.concat(kept, Stream.of(header)).toList(), body, idempotencyKey);
  }

  /** With that key, by which the target knows repetitions: it makes a {@code POST} repeatable. */
  public FetchRequest idempotencyKey(String key) {
    return new FetchRequest(method, url, headers, body, Optional.of(key));
  }

  /** With that body, and the headers as they are. */
  public FetchRequest body(Body newBody) {
    return new FetchRequest(method, url, headers, Optional.of(newBody), idempotencyKey);
  }

  /** With that body and {@code Content-Type}. The array is neither copied nor to be changed. */
  public FetchRequest bytes(byte[] bytes, String contentType) {
    return header(CONTENT_TYPE, contentType).body(new Body(bytes));
  }

  /**
   * With that text as its body, as {@code text/plain} in UTF-8.
   *
   * @throws InvalidRequest if it has an unpaired surrogate, for which there are no bytes; also from
   *     {@link #jsonText} and {@link #form}
   */
  public FetchRequest text(String text) {
    return header(CONTENT_TYPE, "text/plain; charset=utf-8").body(utf8(text));
  }

  /** With JSON that is written already as its body; it is sent as it stands, in UTF-8. */
  public FetchRequest jsonText(String json) {
    return header(CONTENT_TYPE, JSON).body(utf8(json));
  }

  /**
   * With that value as its body, written as JSON by Jackson. Equal values give equal bytes, in
   * every run: components of records keep their order; properties of other classes, keys of maps,
   * and sets without an order of their own are sorted. Types of {@code java.time} are ISO-8601
   * text, an empty {@code Optional} is null.
   *
   * @throws IllegalArgumentException naming the type when it cannot be written; it has no cause,
   *     because Jackson's messages show values. {@link #jsonText} takes what other means write
   */
  public FetchRequest json(Object value) {
    return bytes(JsonBody.bytes(value), JSON);
  }

  /**
   * With those names and values as its body, as a browser sends a form: {@code
   * application/x-www-form-urlencoded}, in UTF-8.
   *
   * @param fields in the order of the map if it is a {@link LinkedHashMap} or sorted. Any other,
   *     {@code Map.of} for one, may have another order in the next run, and is sent by name
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
