package dev.retriever.cluster.security.keys;

import java.math.BigInteger;

/** Numbers as digits and letters, in a fixed length. */
final class Base62 {
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());

  private Base62() {}

  /**
   * @param number not negative, and less than 62 to the power of the length
   */
  static String of(BigInteger number, int length) {
    var text = new StringBuilder();
    var rest = number;
    while (text.length() < length) {
      var parts = rest.divideAndRemainder(BASE);
      text.append(DIGITS.charAt(parts[1].intValue()));
      rest = parts[0];
    }
    return text.reverse().toString();
  }
}
