package dev.retriever.executor;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Host and port of a URL. Unlike {@link URI} it accepts host names with an underscore, which
 * resolve and which browsers and {@code curl} call.
 *
 * @param host as it is written
 * @param port -1 when the URL names none
 */
public record Authority(String host, int port) {
  private static final Pattern UNDERSCORED =
      Pattern.compile("([A-Za-z0-9._-]*_[A-Za-z0-9._-]*)(?::(\\d{1,5}))?");

  /** The authority of that URL; empty when it names no host. */
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

  /** The canonical spelling of a host name: lower case, without a dot at the end. */
  public static String plainName(String host) {
    var name = host.toLowerCase(Locale.ROOT);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /** The port of a URL: the one that it names, or the default port of its scheme. */
  public static int portOf(URI url) {
    var usual = "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
    return of(url).map(Authority::port).filter(port -> port != -1).orElse(usual);
  }

  /** The authority of a URL that {@link RequestRules} has accepted. */
  public static Authority in(URI url) {
    return of(url).orElseThrow(() -> new IllegalArgumentException("the url names no host"));
  }
}
