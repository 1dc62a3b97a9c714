package dev.retriever.cluster.security.keys;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * A key as its holder sends it: {@code rtv_ID_SECRET_CHECKSUM}. The id has 60 bits and may be
 * shown; the secret has 256. The checksum finds typing errors without any look-up. Immutable.
 */
public final class ApiKey {
  /** Every key begins with it, so that scanners find keys in files and logs. */
  static final String PREFIX = "rtv_";

  private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int ID_LENGTH = 12;
  private static final int SECRET_BITS = 256;
  private static final int SECRET_LENGTH = 43;
  private static final int CHECKSUM_LENGTH = 6;

  private static final Pattern ID = Pattern.compile("[a-z2-7]{12}");
  private static final Pattern FORM =
      Pattern.compile("(rtv_([a-z2-7]{12})_[0-9A-Za-z]{43})_([0-9A-Za-z]{6})");

  private final String id;
  private final String text;

  private ApiKey(String id, String text) {
    this.id = id;
    this.text = text;
  }

  /** The key in that text; empty if it has another form, or its checksum is wrong. */
  public static Optional<ApiKey> parse(String text) {
    var match = FORM.matcher(text);
    return match.matches() && checksum(match.group(1)).equals(match.group(3))
        ? Optional.of(new ApiKey(match.group(2), text))
        : Optional.empty();
  }

  /** A new key with a new id. */
  public static ApiKey generate(SecureRandom random) {
    var id = new StringBuilder();
    while (id.length() < ID_LENGTH) {
      id.append(BASE32.charAt(random.nextInt(BASE32.length())));
    }
    return generate(id.toString(), random);
  }

  /**
   * A new key with that id.
   *
   * @throws IllegalArgumentException if it is no id of a key
   */
  public static ApiKey generate(String id, SecureRandom random) {
    checkId(id);
    var secret = Base62.of(new BigInteger(SECRET_BITS, random), SECRET_LENGTH);
    var checked = PREFIX + id + "_" + secret;
    return new ApiKey(id, checked + "_" + checksum(checked));
  }

  /**
   * @throws IllegalArgumentException if it is no id of a key
   */
  static void checkId(String id) {
    if (!isId(id)) {
      throw new IllegalArgumentException("id must be 12 of a-z 2-7");
    }
  }

  /** Whether a key can have that id. */
  public static boolean isId(String id) {
    return ID.matcher(id).matches();
  }

  private static String checksum(String text) {
    var crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.US_ASCII));
    return Base62.of(BigInteger.valueOf(crc.getValue()), CHECKSUM_LENGTH);
  }

  /** The part that may be shown. */
  public String id() {
    return id;
  }

  /** What is stored of it. */
  public KeyHash hash() {
    return KeyHash.of(text);
  }

  /** The whole key, for its holder alone. */
  public String secretText() {
    return text;
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return PREFIX + id + "_***";
  }
}
