package dev.retriever.executor;

import java.net.URI;
import java.util.Comparator;
import java.util.Locale;

/**
 * The target of a request: scheme, host and port in canonical spelling. Immutable.
 *
 * @param scheme in lower case
 * @param host in lower case, without a dot at its end
 * @param port the default port of the scheme when the URL names none
 */
public record Target(String scheme, String host, int port) implements Comparable<Target> {
  private static final Comparator<Target> ORDER =
      Comparator.comparing(Target::host).thenComparing(Target::port).thenComparing(Target::scheme);

  /** The target of that URL. Never throws: a text that is no URL is a target by itself. */
  public static Target of(String url) {
    try {
      var uri = URI.create(url);
      var host =
          Authority.of(uri).map(Authority::host).orElse(String.valueOf(uri.getRawAuthority()));
      var scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      return new Target(scheme, Authority.plainName(host), Authority.portOf(uri));
    } catch (IllegalArgumentException e) {
      return new Target("", url, 0);
    }
  }

  @Override
  public int compareTo(Target other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return scheme + "://" + host + ":" + port;
  }
}
