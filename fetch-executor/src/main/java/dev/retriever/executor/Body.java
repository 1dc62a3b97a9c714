package dev.retriever.executor;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of a request or response body, compared by content. The array is neither copied nor to
 * be changed.
 */
public record Body(byte[] bytes) {
  public static final Body EMPTY = new Body(new byte[0]);

  public static Body utf8(String text) {
    return new Body(text.getBytes(StandardCharsets.UTF_8));
  }

  /** As text in UTF-8, whatever the {@code Content-Type} says; what is not UTF-8 is replaced. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

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
