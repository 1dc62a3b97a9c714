package dev.retriever.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One request of a fetch. Immutable.
 *
 * @param executor which pool made it
 * @param endedAt empty while it is open
 * @param stages when it reached which stage, in milliseconds since its executor took it
 * @param url where a redirect had led it
 */
public record FetchAttempt(
    int number,
    String executor,
    Instant startedAt,
    Optional<Instant> endedAt,
    Optional<String> stage,
    Optional<Integer> status,
    Optional<String> reason,
    Map<String, Double> stages,
    Optional<String> url) {

  static FetchAttempt of(JsonNode json) {
    var stages = new LinkedHashMap<String, Double>();
    json.path("stages")
        .properties()
        .forEach(it -> stages.put(it.getKey(), it.getValue().asDouble()));
    return new FetchAttempt(
        json.path("number").asInt(),
        json.path("executor").asText(),
        Instant.parse(json.path("startedAt").asText()),
        ApiObject.text(json, "endedAt").map(Instant::parse),
        ApiObject.text(json, "stage"),
        Optional.of(json.path("status")).filter(JsonNode::isInt).map(JsonNode::asInt),
        ApiObject.text(json, "reason"),
        stages,
        ApiObject.text(json, "url"));
  }
}
