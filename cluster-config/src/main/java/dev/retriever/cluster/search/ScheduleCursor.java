package dev.retriever.cluster.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where the next page of schedules begins, as a text. It names the query that it belongs to, and
 * gives no right to anything: each page is read in the range of its caller.
 */
final class ScheduleCursor {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PARTS = 4;

  private static final int LONGEST = 255;

  private ScheduleCursor() {}

  static String of(ScheduleQuery query, ScheduleQuery.Key key) {
    var parts =
        JsonNodeFactory.instance
            .arrayNode()
            .add(query.terms())
            .add(key.nextAt())
            .add(key.persistenceId())
            .add(key.id());
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(parts.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads a cursor.
   *
   * @throws dev.retriever.cluster.http.Problem.Found if it is none of that query
   */
  static ScheduleQuery.Key read(String cursor, ScheduleQuery query) {
    try {
      var parts = JSON.readTree(Base64.getUrlDecoder().decode(cursor));
      if (parts.isArray()
          && parts.size() == PARTS
          && parts.get(0).asText().equals(query.terms())
          && parts.get(1).isIntegralNumber()
          && parts.get(1).canConvertToLong()
          && isId(parts.get(2))
          && isId(parts.get(3))) {
        return new ScheduleQuery.Key(
            parts.get(1).asLong(), parts.get(2).textValue(), parts.get(3).textValue());
      }
    } catch (IllegalArgumentException | IOException e) {
      // Not base64, or no JSON: said below.
    }
    throw FilterReader.malformed(
        "cursor must be a nextCursor of a list with the same parameters; leave it out to begin"
            + " again.");
  }

  /** As ids are in the table. */
  private static boolean isId(JsonNode part) {
    return part.isTextual()
        && part.textValue().length() <= LONGEST
        && part.textValue().indexOf('\0') < 0;
  }
}
