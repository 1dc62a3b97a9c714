package dev.retriever.executor;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Which hosts are meant, by name: one, as {@code api.example.com}, or all below one, as {@code
 * *.example.com}, which is not {@code example.com} itself. An address stands for itself.
 */
public record HostPattern(String text) {
  private static final Pattern FORM =
      Pattern.compile("(\\*\\.)?[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?|\\[[0-9a-f:.]+]");

  /**
   * @throws IllegalArgumentException if it is neither
   */
  public HostPattern {
    text = plain(text);
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" must be a host, such as api.example.com or *.example.com");
    }
  }

  /**
   * @param host of a URL, in upper or lower case, with a dot at its end or without
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
