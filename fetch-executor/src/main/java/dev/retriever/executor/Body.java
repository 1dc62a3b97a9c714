package dev.retriever.executor;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of a request or response body, compared by content. The array is not copied, neither
 * when it is given nor when it is asked for: whoever has it must not change it. Then a body is
 * thread-safe.
 */
public record Body(byte[] bytes) {
  /** No bytes. A request without a body has none at all, rather than this. */
  public static final Body EMPTY = new Body(new byte[0]);

  /**
   * That text in UTF-8.
   *
   * @throws IllegalArgumentException if it has an unpaired surrogate, for which there are no bytes
   */
  public static Body utf8(String text) {
    return new Body(Utf8.bytes("the body", text));
  }

  /** As text in UTF-8, whatever the {@code Content-Type} says; what is not UTF-8 is replaced. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** In bytes. */
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

  /** The size only: bodies may hold what must not reach a log. */
  @Override
  public String toString() {
    return "Body[" + bytes.length + " bytes]";
  }
}
