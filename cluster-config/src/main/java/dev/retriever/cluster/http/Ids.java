package dev.retriever.cluster.http;

import com.github.f4b6a3.uuid.UuidCreator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Ids of origins and fetches: part of journal keys, URLs and header values. */
public final class Ids {
  static final String RULE =
      "must be 1 to 128 of the characters A-Z a-z 0-9 . _ ~ : @ -, and start with a letter or digit";

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}");

  private Ids() {}

  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** Checks an id in a body; names its pointer. */
  public static String checked(String pointer, String text) {
    if (!isId(text)) {
      throw JsonFields.invalid(pointer, RULE);
    }
    return text;
  }

  /** Checks the id of a fetch in a path: a caller's, or one of a callback, which has a tilde. */
  public static String fetchInPath(String text) {
    return text.startsWith("~") ? inPath("fetch", "x" + text).substring(1) : inPath("fetch", text);
  }

  /** Checks an id in a path. */
  public static String inPath(String what, String text) {
    if (!isId(text)) {
      throw Problem.of(ProblemType.MALFORMED_REQUEST, "The " + what + " id " + RULE + ".").found();
    }
    return text;
  }

  /** Time-ordered, so that neighbours in time are neighbours in an index. */
  public static String fresh() {
    return UuidCreator.getTimeOrderedEpoch().toString();
  }

  /**
   * The fetch id in an {@code Idempotency-Key} header: a quoted string as the draft standard has
   * it, or bare. There may be one such header at most.
   */
  public static Optional<String> fromHeaders(List<String> values) {
    if (values.size() > 1) {
      throw malformedKey("must be given once.");
    }
    return values.stream().findFirst().map(Ids::unquoted);
  }

  private static String unquoted(String value) {
    var text = value.trim();
    if (text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")) {
      text = text.substring(1, text.length() - 1);
    }
    if (!isId(text)) {
      throw malformedKey(RULE + ".");
    }
    return text;
  }

  private static Problem.Found malformedKey(String rule) {
    return Problem.of(ProblemType.IDEMPOTENCY_KEY_MALFORMED, "The Idempotency-Key " + rule).found();
  }
}
