package dev.retriever.executor;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of a request or response body, compared by content. The array is never copied, so
 * callers must not change it. Thread-safe under that condition.
 */
public record Body(byte[] bytes) {
  /** A body without bytes. A request without a body has an empty {@code Optional} instead. */
  public static final Body EMPTY = new Body(new byte[0]);

  /**
   * The bytes of that text in UTF-8.
   *
   * @throws IllegalArgumentException if the text has an unpaired surrogate
   */
  public static Body utf8(String text) {
    return new Body(Utf8.bytes("the body", text));
  }

  /** The body as UTF-8 text, regardless of {@code Content-Type}; malformed bytes are replaced. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The number of bytes. */
  public int size() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Body body && Arrays.equals(bytes, body.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Shows the size only, because a body may hold secrets. */
  @Override
  public String toString() {
    return "Body[" + bytes.length + " bytes]";
  }
}
