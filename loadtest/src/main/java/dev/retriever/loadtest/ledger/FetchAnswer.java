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
 * What the node said of a fetch in one answer.
 *
 * @param outcome present when settled
 * @param attempts those that are journaled
 * @param body of an answer that says what its body is to be
 * @param exhausted whether another attempt would have been right, but all were used
 */
public record FetchAnswer(
    String originId,
    String id,
    Instant acceptedAt,
    Optional<Outcome> outcome,
    List<Attempt> attempts,
    Optional<Body> body,
    boolean exhausted) {

  public FetchAnswer(
      String originId,
      String id,
      Instant acceptedAt,
      Optional<Outcome> outcome,
      List<Attempt> attempts) {
    this(originId, id, acceptedAt, outcome, attempts, Optional.empty(), false);
  }

  /**
   * A body that says what it is to be, as the target's {@code /body} does.
   *
   * @param of the fetch that it was sent for
   * @param sent the digest that it was sent with
   * @param come the digest of what is there
   */
  public record Body(String of, String sent, String come) {
    /** Whether it is what the target sent for that fetch, to the last bit. */
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

  /**
   * Everything of an outcome that must not differ from one read to the next; the body is left out
   * for its size.
   */
  public record Outcome(
      String type,
      Optional<String> stage,
      Optional<String> reason,
      Optional<Integer> status,
      String settledAt) {}

  /**
   * One journaled attempt.
   *
   * @param executor who made it, beginning with {@code retriever@} and the node's {@code
   *     host:port#}
   * @param endedAt when its end was journaled
   * @param status of a complete answer
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

    /** Whether that node, {@code host:port}, makes it. */
    public boolean isBy(String node) {
      return executor.startsWith("retriever@" + node + "#");
    }

    /** Whether that node, or any, had it under way then. */
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

  /** The journal's word, by the clock of the node that wrote it. */
  public Optional<Instant> settledAt() {
    return outcome.map(settled -> Instant.parse(settled.settledAt()));
  }

  boolean hasAttempt(int number) {
    return attempts.stream().anyMatch(attempt -> attempt.number() == number);
  }

  /** Throws IllegalArgumentException, with the text that was read, when it is no fetch. */
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
