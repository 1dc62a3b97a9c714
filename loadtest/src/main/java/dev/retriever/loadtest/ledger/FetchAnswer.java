package dev.retriever.loadtest.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A fetch as the node described it in one answer.
 *
 * @param outcome present when settled
 * @param attempts the journaled attempts
 * @param body the body, if the answer has the digest of its body
 * @param exhausted whether all attempts were used up
 */
public record FetchAnswer(
    String originId,
    String id,
    Instant acceptedAt,
    Optional<Outcome> outcome,
    List<Attempt> attempts,
    Optional<Body> body,
    boolean exhausted) {

  /**
   * A body with its digest, as the target's {@code /body} sends it.
   *
   * @param of the fetch that it was made for
   * @param sent the digest in the header
   * @param come the digest of the received bytes
   */
  public record Body(String of, String sent, String come) {
    /** Whether it is exactly the body that the target sent for that fetch. */
    public boolean isIntact(String fetchId) {
      return of.equals(fetchId) && sent.equals(come);
    }

    private static Optional<Body> parse(JsonNode outcome) {
      var digest = outcome.path("headers").path(Bodies.DIGEST.toLowerCase(Locale.ROOT)).asText("");
      var of = outcome.path("headers").path(Bodies.OF.toLowerCase(Locale.ROOT)).asText("");
      return digest.isEmpty()
          ? Optional.empty()
          : Optional.of(new Body(of, digest, Bodies.digest(bytes(outcome))));
    }

    private static byte[] bytes(JsonNode outcome) {
      return outcome.has("bodyBase64")
          ? Base64.getDecoder().decode(outcome.get("bodyBase64").asText())
          : outcome.path("body").asText("").getBytes(StandardCharsets.UTF_8);
    }
  }

  /** The parts of an outcome that must not differ between reads, without the body. */
  public record Outcome(
      String type,
      Optional<String> stage,
      Optional<String> reason,
      Optional<Integer> status,
      String settledAt) {}

  /**
   * One journaled attempt.
   *
   * @param executor the executor, beginning with {@code retriever@} and the node's {@code
   *     host:port#}
   * @param endedAt when its end was journaled
   * @param status the status of a complete answer
   */
  public record Attempt(
      int number,
      String executor,
      Instant startedAt,
      Optional<Instant> endedAt,
      Optional<Integer> status) {
    private static Attempt parse(JsonNode json) {
      return new Attempt(
          json.path("number").asInt(0),
          text(json, "executor"),
          Instant.parse(text(json, "startedAt")),
          json.hasNonNull("endedAt")
              ? Optional.of(Instant.parse(text(json, "endedAt")))
              : Optional.empty(),
          json.hasNonNull("status") ? Optional.of(json.get("status").asInt()) : Optional.empty());
    }

    /** Whether an executor of that node, {@code host:port}, made it. */
    public boolean isBy(String node) {
      return executor.startsWith("retriever@" + node + "#");
    }

    /** Whether it was in flight then, on that node if one is given. */
    public boolean underWay(Optional<String> node, Instant then) {
      return node.filter(at -> !isBy(at)).isEmpty()
          && !startedAt.isAfter(then)
          && endedAt.filter(end -> end.isBefore(then)).isEmpty();
    }
  }

  public FetchAnswer {
    attempts = List.copyOf(attempts);
  }

  public boolean settled() {
    return outcome.isPresent();
  }

  /** When it settled according to the journal, by the clock of its node. */
  public Optional<Instant> settledAt() {
    return outcome.map(settled -> Instant.parse(settled.settledAt()));
  }

  boolean hasAttempt(int number) {
    return attempts.stream().anyMatch(attempt -> attempt.number() == number);
  }

  /** Parses a fetch; throws IllegalArgumentException with the text when it is none. */
  public static FetchAnswer parse(JsonNode json) {
    var state = text(json, "state");
    var attempts = new ArrayList<Attempt>();
    json.path("attempts").forEach(attempt -> attempts.add(Attempt.parse(attempt)));
    var outcome =
        switch (state) {
          case "pending" -> Optional.<Outcome>empty();
          case "settled" -> Optional.of(outcome(json));
          default -> throw new IllegalArgumentException("state is neither: " + json);
        };
    return new FetchAnswer(
        text(json, "originId"),
        text(json, "id"),
        Instant.parse(text(json, "acceptedAt")),
        outcome,
        attempts,
        Body.parse(json.path("outcome")),
        json.path("exhausted").asBoolean());
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
