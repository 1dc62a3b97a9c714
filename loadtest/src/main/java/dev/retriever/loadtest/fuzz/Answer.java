package dev.retriever.loadtest.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An answer off the wire.
 *
 * @param headers by lower-case name
 * @param body what came of it; of a stream the beginning
 */
record Answer(int status, Map<String, String> headers, String body) {
  private static final ObjectMapper JSON = new ObjectMapper();

  boolean isProblem() {
    return mediaType().equals("application/problem+json");
  }

  String mediaType() {
    return headers.getOrDefault("content-type", "").split(";")[0].trim();
  }

  /** The ids of the origins that have accepted fetches of a batch; of one, or of several. */
  Set<String> acceptedInBatch() {
    var ids = new HashSet<String>();
    if (status / 100 == 2 && body.contains("\"accepted\"")) {
      json().ifPresent(batch -> batch.path("items").forEach(item -> accepted(batch, item, ids)));
    }
    return ids;
  }

  private static void accepted(JsonNode batch, JsonNode item, Set<String> ids) {
    if (item.path("result").asText().equals("accepted")) {
      ids.add(item.path("originId").asText(batch.path("originId").asText()));
    }
  }

  /** The type of its problem; empty for other answers. */
  String type() {
    return isProblem() ? json().map(it -> it.path("type").asText()).orElse("") : "";
  }

  Optional<JsonNode> json() {
    try {
      return Optional.ofNullable(JSON.readTree(body)).filter(it -> !it.isMissingNode());
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** Status and type of problem, for counts and comparisons. */
  String said() {
    return (status + " " + type()).trim();
  }
}
