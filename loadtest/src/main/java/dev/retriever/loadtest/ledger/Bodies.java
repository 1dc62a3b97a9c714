package dev.retriever.loadtest.ledger;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** Bodies that follow from a name, so that an altered body is detected. */
public final class Bodies {
  /** Response header: the fetch that the body was made for. */
  public static final String OF = "Body-Of";

  /** Response header: SHA-256 of the body, in hexadecimal. */
  public static final String DIGEST = "Body-Digest";

  private Bodies() {}

  /** Pseudo-random bytes, always the same for that name and length. */
  public static byte[] of(String name, int length) {
    var random = new SplittableRandom(name.hashCode() * 31L + length);
    var bytes = ByteBuffer.allocate(length + Long.BYTES);
    while (bytes.position() < length) {
      bytes.putLong(random.nextLong());
    }
    return java.util.Arrays.copyOf(bytes.array(), length);
  }

  public static String digest(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
