package dev.retriever.loadtest.cost;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One line of a node's invocation log; {@code docs/operations.md} explains the fields.
 *
 * @param node the file name of the log
 * @param executor true for a line of an executor, false for one of an origin
 * @param timestampMs by the node's clock, as is {@code loggedMs}
 */
public record InvocationLine(
    String node,
    boolean executor,
    String originId,
    Optional<String> fetchId,
    String eventType,
    String message,
    String outcome,
    long timestampMs,
    double wallTimeMs,
    double cpuTimeMs,
    long rowsWritten,
    long rowsRead,
    OptionalLong loggedMs) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Empty when the text is not a complete line, such as the last one of a killed node. */
  static Optional<InvocationLine> parse(String node, String text) {
    try {
      return Optional.of(parse(node, JSON.readTree(text)));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static InvocationLine parse(String node, JsonNode json) {
    return new InvocationLine(
        node,
        isExecutor(text(json, "entityType")),
        text(json, "originId"),
        Optional.ofNullable(json.path("fetchId").textValue()),
        text(json, "eventType"),
        json.path("message").asText(),
        text(json, "outcome"),
        (long) number(json, "timestampMs"),
        number(json, "wallTimeMs"),
        number(json, "cpuTimeMs"),
        json.path("rowsWritten").asLong(),
        json.path("rowsRead").asLong(),
        json.hasNonNull("loggedMs")
            ? OptionalLong.of((long) number(json, "loggedMs"))
            : OptionalLong.empty());
  }

  private static boolean isExecutor(String entityType) {
    return switch (entityType) {
      case "executor" -> true;
      case "origin" -> false;
      default -> throw new IllegalArgumentException("neither origin nor executor: " + entityType);
    };
  }

  private static String text(JsonNode json, String field) {
    var text = json.path(field).textValue();
    if (text == null) {
      throw new IllegalArgumentException("no text \"" + field + "\"");
    }
    return text;
  }

  private static double number(JsonNode json, String field) {
    if (!json.path(field).isNumber()) {
      throw new IllegalArgumentException("no number \"" + field + "\"");
    }
    return json.get(field).doubleValue();
  }

  public boolean isResidency() {
    return eventType.equals("residency");
  }

  /** Whether the origin came into memory, or recovered after a failure. */
  public boolean isRecovery() {
    return message.equals("Recovery");
  }

  boolean isSubmission() {
    return message.equals("Submit");
  }

  public boolean isReport() {
    return eventType.equals("report");
  }

  double endMs() {
    return timestampMs + wallTimeMs;
  }
}
