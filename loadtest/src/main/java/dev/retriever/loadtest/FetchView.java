package dev.retriever.loadtest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the node said of a fetch in one answer.
 *
 * @param outcome present when settled
 * @param attempts the numbers of the journaled attempts
 */
record FetchView(String originId, String id, Optional<Outcome> outcome, List<Integer> attempts) {

  /**
   * Everything of an outcome that must not differ from one read to the next; the body is left out
   * for its size.
   */
  record Outcome(
      String type,
      Optional<String> stage,
      Optional<String> reason,
      Optional<Integer> status,
      String settledAt) {}

  FetchView {
    attempts = List.copyOf(attempts);
  }

  boolean settled() {
    return outcome.isPresent();
  }

  /** Throws IllegalArgumentException, with the text that was read, when it is no fetch. */
  static FetchView parse(JsonNode json) {
    var state = text(json, "state");
    var attempts = new ArrayList<Integer>();
    json.path("attempts").forEach(attempt -> attempts.add(attempt.path("number").asInt(0)));
    var outcome =
        switch (state) {
          case "pending" -> Optional.<Outcome>empty();
          case "settled" -> Optional.of(outcome(json));
          default -> throw new IllegalArgumentException("state is neither: " + json);
        };
    return new FetchView(text(json, "originId"), text(json, "id"), outcome, attempts);
  }

  private static Outcome outcome(JsonNode fetch) {
    var json = fetch.path("outcome");
    return new Outcome(
        text(json, "type"),
        Optional.ofNullable(json.path("stage").textValue()),
        Optional.ofNullable(json.path("reason").textValue()),
        json.hasNonNull("status") ? Optional.of(json.get("status").asInt()) : Optional.empty(),
        text(fetch, "settledAt"));
  }

  private static String text(JsonNode json, String field) {
    var text = json.path(field).textValue();
    if (text == null) {
      throw new IllegalArgumentException("no text \"" + field + "\" in " + json);
    }
    return text;
  }
}
