package dev.retriever.origin.queue.core;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where the next part of a list begins, as text of letters, digits, {@code - _ .} */
public final class Cursor {
  private Cursor() {}

  /**
   * To be asked before a queue is: what it cannot read would end it.
   *
   * @throws IllegalArgumentException if it is not of a page of keys
   */
  public static void checkOfKeys(String cursor) {
    LinePages.checkKey(cursor);
  }

  /**
   * The same for lines.
   *
   * @throws IllegalArgumentException if it is not of a page of lines
   */
  public static void checkOfLines(String cursor) {
    LinePages.checkLine(cursor);
  }

  static String of(String... parts) {
    var encoder = Base64.getUrlEncoder().withoutPadding();
    return Stream.of(parts)
        .map(it -> encoder.encodeToString(it.getBytes(StandardCharsets.UTF_8)))
        .collect(Collectors.joining("."));
  }

  /**
   * @throws IllegalArgumentException if it is no cursor of that many parts
   */
  static List<String> parts(String cursor, int count) {
    var parts = cursor.split("\\.", -1);
    if (parts.length != count) {
      throw new IllegalArgumentException("The cursor is not one of this list");
    }
    return Arrays.stream(parts)
        .map(it -> new String(Base64.getUrlDecoder().decode(it), StandardCharsets.UTF_8))
        .toList();
  }

  /**
   * @throws IllegalArgumentException if it is no number
   */
  static long number(String part) {
    return Long.parseLong(part);
  }

  /**
   * @throws IllegalArgumentException if they are no time
   */
  static Instant instant(String seconds, String nanos) {
    try {
      return Instant.ofEpochSecond(number(seconds), number(nanos));
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException("The cursor is not one of this list", e);
    }
  }
}
