package dev.retriever.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * What became of one fetch of a batch. Immutable.
 *
 * @param result {@code accepted} or {@code existing}, which are durable; of several origins also
 *     {@code refused}, and {@code unknown}: repeat the same batch
 * @param problem why it was refused, such as {@code 422 no-such-queue: …}
 */
public record BatchResult(String originId, String id, String result, Optional<String> problem) {
  static BatchResult of(JsonNode json, String originId) {
    return new BatchResult(
        json.path("originId").asText(originId),
        json.path("id").asText(),
        json.path("result").asText(),
        Optional.of(json.path("problem")).filter(JsonNode::isObject).map(BatchResult::sentence));
  }

  private static String sentence(JsonNode problem) {
    var type = problem.path("type").asText();
    return problem.path("status").asInt()
        + " "
        + type.substring(type.lastIndexOf('/') + 1)
        + ": "
        + problem.path("detail").asText();
  }
}
