package dev.retriever.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.client.wire.CallReply;
import java.time.Instant;
import java.util.Optional;

/**
 * An object as the API has it, such as a queue or a schedule: its members are those of the
 * documentation, and newer nodes may add some. Do not change {@code json}.
 *
 * @param version for {@code If-Match}, as it stands in {@code ETag}; empty if it has none
 */
public record ApiObject(JsonNode json, Optional<String> version) {
  static ApiObject of(CallReply reply) {
    return new ApiObject(reply.json(), reply.headers().firstValue("etag"));
  }

  static ApiObject of(JsonNode json) {
    return new ApiObject(json, Optional.empty());
  }

  /** The text or number at that JSON pointer, such as {@code /waiting/fetches}; else empty. */
  public Optional<String> text(String pointer) {
    var there = json.at(pointer);
    return there.isValueNode() && !there.isNull() ? Optional.of(there.asText()) : Optional.empty();
  }

  /** The number at that JSON pointer; 0 if there is none. */
  public long number(String pointer) {
    return json.at(pointer).asLong(0);
  }

  /**
   * The time at that JSON pointer, if there is one.
   *
   * @throws java.time.format.DateTimeParseException if it is no time
   */
  public Optional<Instant> time(String pointer) {
    return text(pointer).map(Instant::parse);
  }

  static Optional<String> text(JsonNode json, String member) {
    return Optional.of(json.path(member)).filter(JsonNode::isTextual).map(JsonNode::asText);
  }
}
