package dev.retriever.origin.http;

import dev.retriever.executor.Utf8;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Resolves references to URLs as RFC 3986, section 5.2 says. The resolution of the Java platform
 * loses the last segment before a query, and resolves {@code b} against {@code http://a} to another
 * host.
 */
public final class Location {
  private static final String TO_ESCAPE = " |{}^`\"<>";

  private Location() {}

  /**
   * The URL of that reference at {@code base}, without its fragment; empty when it is malformed. It
   * may be a URL that must not be fetched.
   */
  public static Optional<String> resolved(String base, String reference) {
    try {
      var text = escaped(reference.strip().split("#", 2)[0]);
      if (text.isEmpty()) {
        return Optional.empty();
      }
      var there = new URI(text);
      return Optional.of(there.isAbsolute() ? text : resolved(URI.create(base), there, text));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /**
   * Escapes octets that targets send and RFC 3986 does not allow, as browsers do. Leaves a
   * backslash, which browsers take for a slash, and a percent sign that begins no escape.
   */
  private static String escaped(String reference) {
    var octets = StandardCharsets.ISO_8859_1.newEncoder().canEncode(reference);
    if (!octets && !Utf8.isEncodable(reference)) {
      return reference;
    }
    var bytes = reference.getBytes(octets ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    var escaped = new StringBuilder(bytes.length);
    for (var octet : bytes) {
      if (octet < 0 || TO_ESCAPE.indexOf(octet) >= 0) {
        escaped.append("%%%02X".formatted(octet & 0xff));
      } else {
        escaped.append((char) octet);
      }
    }
    return escaped.toString();
  }

  private static String resolved(URI base, URI reference, String text) {
    if (text.startsWith("//")) {
      return base.getScheme() + ":" + text;
    }
    var path =
        reference.getRawPath().isEmpty()
            ? base.getRawPath()
            : withoutDots(merged(base.getRawPath(), reference.getRawPath()));
    var query = reference.getRawQuery() == null ? "" : "?" + reference.getRawQuery();
    return base.getScheme() + "://" + base.getRawAuthority() + path + query;
  }

  private static String merged(String base, String path) {
    if (path.startsWith("/")) {
      return path;
    }
    return base.isEmpty() ? "/" + path : base.substring(0, base.lastIndexOf('/') + 1) + path;
  }

  /** A path that begins with a slash, without the segments {@code .} and {@code ..}. */
  private static String withoutDots(String path) {
    var kept = new ArrayDeque<String>();
    var segments = path.substring(1).split("/", -1);
    for (var i = 0; i < segments.length; i++) {
      var up = segments[i].equals("..");
      if (up) {
        kept.pollLast();
      }
      if (!up && !segments[i].equals(".")) {
        kept.add(segments[i]);
      } else if (i == segments.length - 1) {
        kept.add("");
      }
    }
    return "/" + String.join("/", kept);
  }
}
