package dev.retriever.cluster.security;

import java.util.regex.Pattern;

/**
 * Text that a caller wrote, for logs, the audit and problems. Characters that could forge or
 * reorder lines are escaped, keys and tokens are left out, and it is cut.
 */
public final class CallerText {
  /** The most characters that are shown. */
  public static final int LONGEST = 256;

  /** API keys, and JSON web tokens. */
  private static final Pattern SECRET =
      Pattern.compile("rtv_[A-Za-z0-9]+_[A-Za-z0-9_]+|eyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9._-]+");

  private CallerText() {}

  /** The text as it may be shown: at most 256 printable characters. */
  public static String shown(String text) {
    var start = text.substring(0, Math.min(text.length(), 16 * LONGEST));
    var shown = new StringBuilder();
    for (var c : SECRET.matcher(start).replaceAll("(secret)").codePoints().toArray()) {
      var next = isPlain(c) ? Character.toString(c) : "\\u" + Integer.toHexString(c);
      if (shown.length() + next.length() > LONGEST) {
        break;
      }
      shown.append(next);
    }
    return shown.toString();
  }

  /** Neither a control nor a formatting character, and no end of a line. */
  private static boolean isPlain(int c) {
    return !Character.isISOControl(c)
        && Character.getType(c) != Character.FORMAT
        && Character.getType(c) != Character.SURROGATE
        && Character.getType(c) != Character.LINE_SEPARATOR
        && Character.getType(c) != Character.PARAGRAPH_SEPARATOR;
  }
}
