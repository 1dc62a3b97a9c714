package dev.retriever.loadtest;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * Bodies that follow from what they are for, so that what has come can be told from what was sent.
 */
final class Bodies {
  /** Response header: whose body it is. */
  static final String OF = "Body-Of";

  /** Response header: SHA-256 of the body, in hexadecimal. */
  static final String DIGEST = "Body-Digest";

  private Bodies() {}

  /** Bytes of any value, always the same for that name and length. */
  static byte[] of(String name, int length) {
    var random = new SplittableRandom(name.hashCode() * 31L + length);
    var bytes = ByteBuffer.allocate(length + Long.BYTES);
    while (bytes.position() < length) {
      bytes.putLong(random.nextLong());
    }
    return java.util.Arrays.copyOf(bytes.array(), length);
  }

  static String digest(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
