package dev.retriever.origin;

import dev.retriever.executor.Authority;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.Response;
import dev.retriever.origin.http.Location;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A redirect that is followed. The next request is made of it and the request that it answers, as
 * RFC 9110, section 15.4 says. Immutable; {@code toString} leaves out the query.
 *
 * @param status of the answer: 301, 302, 303, 307 or 308
 * @param url where it leads; absolute, without a fragment
 */
public record Redirect(int status, String url) {
  static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

  /** Headers that describe a body, like all whose names begin with {@code Content-}. */
  private static final Set<String> OF_CONTENT = Set.of("digest", "last-modified", "repr-digest");

  /**
   * Headers without credentials: they describe the wanted answer, the body, or the condition to
   * act. Conditions are among them, because a request without its condition does more.
   */
  private static final Set<String> FOR_ANYBODY =
      Set.of(
          "accept",
          "accept-charset",
          "accept-encoding",
          "accept-language",
          "cache-control",
          "content-digest",
          "content-encoding",
          "content-language",
          "content-type",
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-range",
          "if-unmodified-since",
          "range",
          "traceparent",
          "user-agent");

  /** Whether its status is that of a redirect; its location may still be unusable. */
  public static boolean isRedirect(Response response) {
    return STATUSES.contains(response.status());
  }

  /**
   * The redirect of that answer. Empty when it is none, does not name exactly one location, names a
   * forbidden one, or would give up TLS.
   */
  public static Optional<Redirect> of(FetchRequest request, Response response) {
    var locations = response.headers().stream().filter(h -> h.named("Location")).toList();
    if (!isRedirect(response) || locations.size() != 1) {
      return Optional.empty();
    }
    return Location.resolved(request.url(), locations.get(0).value())
        .map(url -> new Redirect(response.status(), url))
        .filter(redirect -> redirect.isUsableAfter(request));
  }

  private boolean isUsableAfter(FetchRequest request) {
    try {
      // Only the URL is new; the rest of the request was checked before.
      FetchRequest.get(url);
    } catch (InvalidRequest e) {
      return false;
    }
    return isSecured(url) || !isSecured(request.url());
  }

  /** The request to send next. */
  public FetchRequest after(FetchRequest request) {
    var retrieves = dropsBody(request);
    var moves = !authority(url).equals(authority(request.url()));
    return new FetchRequest(
        retrieves && !request.method().equals("HEAD") ? "GET" : request.method(),
        url,
        request.headers().stream()
            .filter(header -> !retrieves || !isOfContent(header))
            .filter(header -> !moves || isForAnybody(header))
            .toList(),
        request.body().filter(body -> !retrieves),
        request.idempotencyKey().filter(key -> !moves));
  }

  /** Whether the next request only retrieves, and has no body. */
  public boolean dropsBody(FetchRequest request) {
    return status == 303 || (status <= 302 && request.method().equals("POST"));
  }

  private static boolean isOfContent(Header header) {
    var name = header.name().toLowerCase(Locale.ROOT);
    return name.startsWith("content-") || OF_CONTENT.contains(name);
  }

  /**
   * Whether the value of that header is known to be no credential: it has no secret, and is one of
   * those that go along to another host.
   */
  public static boolean isForAnybody(Header header) {
    return header.secret().isEmpty()
        && FOR_ANYBODY.contains(header.name().toLowerCase(Locale.ROOT));
  }

  private static boolean isSecured(String url) {
    return URI.create(url).getScheme().equalsIgnoreCase("https");
  }

  /** Scheme, host and port: the receiver of credentials. */
  private static String authority(String url) {
    var uri = URI.create(url);
    var place = Authority.of(uri).orElseThrow();
    var port = place.port() >= 0 ? place.port() : isSecured(url) ? 443 : 80;
    return isSecured(url) + " " + place.host().toLowerCase(Locale.ROOT) + " " + port;
  }

  /** Without the query: it may hold what must not reach a log. */
  @Override
  public String toString() {
    var query = url.indexOf('?');
    return status + " " + (query < 0 ? url : url.substring(0, query) + "?…");
  }
}
