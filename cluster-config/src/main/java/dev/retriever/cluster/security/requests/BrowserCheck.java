package dev.retriever.cluster.security.requests;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.http.RequestHeaders;
import dev.retriever.cluster.security.RequestCheck;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * Refuses what pages of other origins make a browser send: writes, and WebSockets. Programs that
 * are no browsers send neither {@code Origin} nor {@code Sec-Fetch-Site}, and are not concerned. To
 * be asked after {@link HostCheck}, since a page of the request's own host counts as this node's.
 * Thread-safe.
 */
public final class BrowserCheck implements RequestCheck {
  /** They change nothing, and pages of other origins cannot read the answers. */
  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private final Listener listener;
  private final Optional<WebOrigin> publicOrigin;

  public BrowserCheck(Listener listener, RequestSettings settings) {
    this.listener = listener;
    this.publicOrigin = settings.publicOrigin();
  }

  @Override
  public Optional<Problem> refusal(HttpRequest request) {
    var origins = RequestHeaders.named(request, "Origin");
    var opensSocket = request.getAttribute(AttributeKeys.webSocketUpgrade).isPresent();
    if (READS.contains(request.method().value()) && !opensSocket) {
      return Optional.empty();
    }
    if (!origins.isEmpty() && !isOwn(origins, request)) {
      return refused("its Origin is not this node's");
    }
    if (opensSocket) {
      return Optional.empty();
    }
    var sites = RequestHeaders.named(request, "Sec-Fetch-Site");
    if (!OWN_SITES.containsAll(sites)) {
      return refused("its Sec-Fetch-Site is not same-origin");
    }
    var browser = !origins.isEmpty() || !sites.isEmpty();
    return browser && !isJson(request) && RequestHeaders.named(request, "Authorization").isEmpty()
        ? Optional.of(
            Problem.of(
                ProblemType.UNSUPPORTED_MEDIA_TYPE,
                "A write of a page needs Content-Type: application/json, also without a body."))
        : Optional.empty();
  }

  /** The type alone, because browsers send some others without asking the node first. */
  private static boolean isJson(HttpRequest request) {
    return request
        .entity()
        .getContentType()
        .mediaType()
        .equals(ContentTypes.APPLICATION_JSON.mediaType());
  }

  private boolean isOwn(List<String> origins, HttpRequest request) {
    var uri = request.getUri();
    var asked =
        new WebOrigin(
            listener.scheme(), HostName.of(uri.host().address()), listener.port(Uris.port(uri)));
    return origins.size() == 1
        && WebOrigin.of(origins.get(0))
            .filter(it -> it.isSame(asked) || publicOrigin.filter(it::isSame).isPresent())
            .isPresent();
  }

  private static Optional<Problem> refused(String why) {
    return Optional.of(
        Problem.of(
            ProblemType.CROSS_SITE,
            "A page of another origin may not do this: "
                + why
                + ". If browsers know this node by another URL, set retriever.node.public-url"
                + " (RETRIEVER_PUBLIC_URL)."));
  }
}
