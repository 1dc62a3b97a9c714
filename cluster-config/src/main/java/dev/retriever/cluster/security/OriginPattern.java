package dev.retriever.cluster.security;

import java.util.regex.Pattern;

/**
 * The origins that a credential is for: one id, or the beginning of ids followed by {@code *}.
 * Immutable.
 *
 * @param text 1 to 129 characters of ids, {@code *} only at the end
 */
public record OriginPattern(String text) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~:@-]{0,128}\\*?");

  public static final OriginPattern ANY = new OriginPattern("*");

  /**
   * @throws IllegalArgumentException if the text has another form
   */
  public OriginPattern {
    if (text.isEmpty() || !FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "a pattern of origins must be an origin's id, or its beginning and *, such as order-*");
    }
  }

  public boolean matches(String originId) {
    return text.endsWith("*")
        ? originId.startsWith(text.substring(0, text.length() - 1))
        : originId.equals(text);
  }

  /** Whether every origin that the other one matches is matched by this one too. */
  public boolean covers(OriginPattern other) {
    return text.equals(other.text)
        || text.endsWith("*") && other.text.startsWith(text.substring(0, text.length() - 1));
  }
}
