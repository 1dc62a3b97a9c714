package dev.retriever.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A fetch as a node showed it. Immutable, but for {@code json}, which is not to be changed.
 *
 * @param state {@code scheduled}, {@code pending} or {@code settled}
 * @param settledAt empty until it has settled
 * @param outcome empty until it has settled, and for callers without the role {@code read}
 * @param attempts in their order; lists and receipts have none
 * @param isReplay whether the same submission had been accepted before
 * @param json all that the node told
 */
public record ShownFetch(
    String originId,
    String id,
    String state,
    Instant acceptedAt,
    Optional<Instant> settledAt,
    Optional<Outcome> outcome,
    List<FetchAttempt> attempts,
    boolean isReplay,
    JsonNode json) {

  /** Whether its outcome is there, and will not change. */
  public boolean isSettled() {
    return state.equals("settled");
  }

  static ShownFetch of(JsonNode json, boolean isReplay) {
    var attempts = new ArrayList<FetchAttempt>();
    if (json.path("attempts").isArray()) {
      json.path("attempts").forEach(it -> attempts.add(FetchAttempt.of(it)));
    }
    return new ShownFetch(
        json.path("originId").asText(),
        json.path("id").asText(),
        json.path("state").asText(),
        Instant.parse(json.path("acceptedAt").asText()),
        ApiObject.text(json, "settledAt").map(Instant::parse),
        Optional.of(json.path("outcome")).filter(JsonNode::isObject).map(Outcome::of),
        List.copyOf(attempts),
        isReplay,
        json);
  }
}
