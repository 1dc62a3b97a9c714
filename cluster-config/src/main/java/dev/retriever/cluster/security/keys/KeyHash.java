package dev.retriever.cluster.security.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The SHA-256 of a key's text. A key has 256 random bits, so nothing slower is needed. Immutable.
 *
 * @param hex 64 digits, in lower case
 */
public record KeyHash(String hex) {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

  /** The hash of no key, to compare with when there is no such key. */
  static final KeyHash NONE = new KeyHash("0".repeat(64));

  /**
   * @throws IllegalArgumentException if it has another form; the message does not show it, because
   *     it may be a key
   */
  public KeyHash {
    if (!FORM.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "hash must be the SHA-256 of the key, in 64 digits of 0-9 a-f");
    }
  }

  static KeyHash of(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return new KeyHash(
          HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.US_ASCII))));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Takes the same time whatever the other one is. */
  boolean matches(KeyHash other) {
    return MessageDigest.isEqual(
        hex.getBytes(StandardCharsets.US_ASCII), other.hex.getBytes(StandardCharsets.US_ASCII));
  }
}
