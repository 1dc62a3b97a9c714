package dev.retriever.executor;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Host and port of a URL. {@link URI} knows none of a host name with an underscore, though such
 * names resolve, and are called by browsers and {@code curl}.
 *
 * @param host as it is written
 * @param port -1 when the URL names none
 */
public record Authority(String host, int port) {
  private static final Pattern UNDERSCORED =
      Pattern.compile("([A-Za-z0-9._-]*_[A-Za-z0-9._-]*)(?::(\\d{1,5}))?");

  /** Those of that URL; empty when it names no host. */
  public static Optional<Authority> of(URI url) {
    if (url.getHost() != null) {
      return Optional.of(new Authority(url.getHost(), url.getPort()));
    }
    return Optional.ofNullable(url.getRawAuthority())
        .map(UNDERSCORED::matcher)
        .filter(parts -> parts.matches())
        .map(
            parts ->
                new Authority(
                    parts.group(1),
                    parts.group(2) == null ? -1 : Integer.parseInt(parts.group(2))));
  }

  /** A host name in lower case and without the dot that may end it: one spelling of each. */
  public static String plainName(String host) {
    var name = host.toLowerCase(Locale.ROOT);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /** The port that a URL means: its own, or the usual one of its scheme. */
  public static int portOf(URI url) {
    var usual = "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
    return of(url).map(Authority::port).filter(port -> port != -1).orElse(usual);
  }

  /** Those of the URL of a request, which was checked. */
  public static Authority in(URI url) {
    return of(url).orElseThrow(() -> new IllegalArgumentException("the url names no host"));
  }
}
