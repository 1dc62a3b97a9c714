package dev.retriever.executor;

import java.nio.charset.StandardCharsets;

/**
 * Checks text before it is encoded as UTF-8. A {@code String} may hold an unpaired surrogate, which
 * UTF-8 cannot encode. The platform silently writes a question mark instead, so the text changes.
 */
public final class Utf8 {
  private static final char REPLACEMENT = '\ufffd';

  private Utf8() {}

  /** Whether UTF-8 can encode the whole text. */
  public static boolean isEncodable(String text) {
    return unpaired(text, 0) < 0;
  }

  /**
   * Returns the text unchanged.
   *
   * @param what names the text in the message, which does not show the text
   * @throws IllegalArgumentException if the text has an unpaired surrogate
   */
  public static String checked(String what, String text) {
    var at = unpaired(text, 0);
    if (at >= 0) {
      throw new IllegalArgumentException(
          what + " must be valid Unicode, but has an unpaired surrogate at index " + at);
    }
    return text;
  }

  /**
   * The bytes of that text.
   *
   * @throws IllegalArgumentException as {@link #checked}
   */
  public static byte[] bytes(String what, String text) {
    return checked(what, text).getBytes(StandardCharsets.UTF_8);
  }

  /** The text with U+FFFD in place of unpaired surrogates, for error messages. */
  public static String repaired(String text) {
    var at = unpaired(text, 0);
    if (at < 0) {
      return text;
    }
    var repaired = new StringBuilder(text);
    for (; at >= 0; at = unpaired(text, at + 1)) {
      repaired.setCharAt(at, REPLACEMENT);
    }
    return repaired.toString();
  }

  /** The index of the first unpaired surrogate at {@code from} or later, or -1. */
  private static int unpaired(String text, int from) {
    for (var i = from; i < text.length(); i++) {
      var c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return i;
      }
    }
    return -1;
  }
}
