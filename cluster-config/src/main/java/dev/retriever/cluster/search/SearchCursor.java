package dev.retriever.cluster.search;

import dev.retriever.cluster.search.IndexSql.Key;
import dev.retriever.cluster.search.IndexSql.Place;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the next page begins, as a text. It names the filter that it belongs to, and gives no right
 * to anything: each page is read in the range of its caller.
 */
final class SearchCursor {
  private static final Pattern FORM =
      Pattern.compile("s1:([0-9a-f]{16}):(\\d{1,15}):(\\d{1,15}):(\\d{1,18}):([!-~]{1,255})");

  private SearchCursor() {}

  static String of(FetchFilter filter, Instant until, Key key) {
    var text =
        "s1:%s:%d:%d:%d:%s"
            .formatted(
                digest(filter), until.toEpochMilli(), key.time(), key.place(), key.persistenceId());
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads a cursor.
   *
   * @throws dev.retriever.cluster.http.Problem.Found if it is none of that filter
   */
  static Place read(String cursor, FetchFilter filter) {
    try {
      var text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      var parts = FORM.matcher(text);
      if (parts.matches() && parts.group(1).equals(digest(filter))) {
        var key =
            new Key(Long.parseLong(parts.group(3)), parts.group(5), Long.parseLong(parts.group(4)));
        return new Place(Instant.ofEpochMilli(Long.parseLong(parts.group(2))), Optional.of(key));
      }
    } catch (IllegalArgumentException e) {
      // Not base64: said below.
    }
    throw FilterReader.malformed(
        "cursor must be a nextCursor of a search with the same filters; leave it out to begin"
            + " again.");
  }

  private static String digest(FetchFilter filter) {
    try {
      var sha = MessageDigest.getInstance("SHA-256");
      var text = filter.terms().toString().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(sha.digest(text), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
