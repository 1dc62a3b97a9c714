package dev.retriever.cluster.api;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.InvalidRequest.Kind;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * Keeps credentials of this API out of fetches: a caller that copies its own key into a request
 * would hand it to the target, and into the journal.
 */
final class OwnCredentials {
  private static final Pattern KEY = Pattern.compile("rtv_[a-z0-9]+_");

  private OwnCredentials() {}

  /**
   * @throws InvalidRequest naming the field, not its value
   */
  static void check(FetchRequest request) {
    for (var header : request.headers()) {
      if (isIn(header.value()) || isIn(header.name())) {
        throw new InvalidRequest(
            Kind.HEADER_NOT_ALLOWED,
            "/headers/" + header.name().replace("~", "~0").replace("/", "~1"),
            "a header must not hold a key of this API; give the target a credential of its own");
      }
    }
    var url = URI.create(request.url());
    if (isIn(request.url()) || isIn(url.getPath()) || isIn(url.getQuery())) {
      throw new InvalidRequest(
          Kind.URL, "/url", "the url must not hold a key of this API, which its target would get");
    }
  }

  private static boolean isIn(String text) {
    return text != null && KEY.matcher(text).find();
  }
}
