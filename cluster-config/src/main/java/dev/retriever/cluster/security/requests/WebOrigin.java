package dev.retriever.cluster.security.requests;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The origin of a web page (RFC 6454): what browsers send as {@code Origin}. Immutable.
 *
 * @param scheme in lower case
 * @param port also if it is the scheme's own
 */
record WebOrigin(String scheme, HostName host, int port) {
  private static final Pattern FORM =
      Pattern.compile("(https?)://(\\[[0-9a-f:.]+]|[a-z0-9._-]+)(?::([0-9]{1,5}))?");

  /** Empty for everything that is not one origin of HTTP, such as {@code null}. */
  static Optional<WebOrigin> of(String text) {
    var match = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (!match.matches()) {
      return Optional.empty();
    }
    var port = Optional.ofNullable(match.group(3)).map(Integer::parseInt).orElse(0);
    return Optional.of(new WebOrigin(match.group(1), HostName.of(match.group(2)), port));
  }

  /**
   * @param port 0 for the scheme's own
   */
  WebOrigin {
    port = port != 0 ? port : scheme.equals("https") ? 443 : 80;
  }

  boolean isSame(WebOrigin other) {
    return scheme.equals(other.scheme) && port == other.port && host.isSame(other.host);
  }
}
