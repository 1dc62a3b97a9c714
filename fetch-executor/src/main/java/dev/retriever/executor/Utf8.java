package dev.retriever.executor;

import java.nio.charset.StandardCharsets;

/**
 * Text that becomes bytes. A {@code String} may hold halves of surrogate pairs, for which UTF-8 has
 * no bytes: the platform silently writes a question mark, so that other text is sent or stored than
 * was given.
 */
public final class Utf8 {
  private static final char REPLACEMENT = '\ufffd';

  private Utf8() {}

  /** Whether there are bytes for all of it. */
  public static boolean isEncodable(String text) {
    return unpaired(text, 0) < 0;
  }

  /**
   * That text, unchanged.
   *
   * @param what it is, for the message, which does not show the text
   * @throws IllegalArgumentException if it has an unpaired surrogate
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

  /** That text with U+FFFD in place of unpaired surrogates: for messages about what is wrong. */
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

  /** The index of the first from there on, or -1. */
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
