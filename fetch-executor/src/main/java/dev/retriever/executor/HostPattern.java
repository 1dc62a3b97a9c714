package dev.retriever.executor;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A pattern for hosts: one host, such as {@code api.example.com}, or all hosts below a domain, such
 * as {@code *.example.com}. The latter does not match {@code example.com} itself. An address
 * matches itself.
 */
public record HostPattern(String text) {
  private static final Pattern FORM =
      Pattern.compile("(\\*\\.)?[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?|\\[[0-9a-f:.]+]");

  /**
   * @throws IllegalArgumentException if the text is no such pattern
   */
  public HostPattern {
    text = plain(text);
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" must be a host, such as api.example.com or *.example.com");
    }
  }

  /**
   * @param host the host of a URL; case and a dot at the end do not matter
   */
  public boolean matches(String host) {
    var name = plain(host);
    return text.startsWith("*.") ? name.endsWith(text.substring(1)) : name.equals(text);
  }

  private static String plain(String host) {
    var name = host.toLowerCase(Locale.ROOT);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}
