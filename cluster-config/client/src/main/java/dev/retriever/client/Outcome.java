package dev.retriever.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a fetch ended. Each fetch has exactly one, and it never changes. Immutable. The words are
 * those of the library's own outcome, which this one is for callers over HTTP.
 *
 * <p>{@link Failed} means proved not sent. Whenever the target may have acted and no complete
 * answer came, it is {@link Unknown}.
 */
public sealed interface Outcome {
  /** A complete answer came. Any status is one, 404 and 500 too. */
  record Answered(HttpAnswer response) implements Outcome {
    @Override
    public String type() {
      return "answered";
    }

    @Override
    public <R> R fold(
        Function<Answered, R> answered,
        Function<Failed, R> failed,
        Function<Unknown, R> unknown,
        Function<Cancelled, R> cancelled) {
      return answered.apply(this);
    }
  }

  /**
   * Nothing was sent, so a new fetch cannot do anything twice.
   *
   * @param stage how far it got
   * @param reason a short stable word, such as {@code connection-refused}
   */
  record Failed(String stage, String reason) implements Outcome {
    @Override
    public String type() {
      return "failed";
    }

    @Override
    public <R> R fold(
        Function<Answered, R> answered,
        Function<Failed, R> failed,
        Function<Unknown, R> unknown,
        Function<Cancelled, R> cancelled) {
      return failed.apply(this);
    }
  }

  /**
   * The target may or may not have acted: check that before you try again.
   *
   * @param stage how far it got, if that is known
   * @param reason a short stable word, such as {@code timeout}
   * @param partial what had come of the answer
   */
  record Unknown(Optional<String> stage, String reason, Optional<HttpAnswer> partial)
      implements Outcome {
    @Override
    public String type() {
      return "unknown";
    }

    @Override
    public <R> R fold(
        Function<Answered, R> answered,
        Function<Failed, R> failed,
        Function<Unknown, R> unknown,
        Function<Cancelled, R> cancelled) {
      return unknown.apply(this);
    }
  }

  /**
   * It was cancelled before it had another outcome.
   *
   * @param maybeSent false when it is proved that nothing was sent
   */
  record Cancelled(boolean maybeSent) implements Outcome {
    @Override
    public String type() {
      return "cancelled";
    }

    @Override
    public <R> R fold(
        Function<Answered, R> answered,
        Function<Failed, R> failed,
        Function<Unknown, R> unknown,
        Function<Cancelled, R> cancelled) {
      return cancelled.apply(this);
    }
  }

  /** The word of the API: answered, failed, unknown or cancelled. */
  String type();

  /** Calls the function for this kind of outcome, and gives its result. */
  <R> R fold(
      Function<Answered, R> answered,
      Function<Failed, R> failed,
      Function<Unknown, R> unknown,
      Function<Cancelled, R> cancelled);

  /** Why there is no answer: a short stable word. Empty when answered. */
  default Optional<String> why() {
    return fold(
        answered -> Optional.empty(),
        failed -> Optional.of(failed.reason()),
        unknown -> Optional.of(unknown.reason()),
        cancelled -> Optional.of(cancelled.maybeSent() ? "maybe-sent" : "not-sent"));
  }

  /** The answer, if its status is from 200 to 299. */
  default Optional<HttpAnswer> success() {
    return fold(
        answered -> Optional.of(answered.response()).filter(HttpAnswer::isSuccess),
        failed -> Optional.empty(),
        unknown -> Optional.empty(),
        cancelled -> Optional.empty());
  }

  /**
   * As the API writes it. Erased and summarized answers have an empty body.
   *
   * @throws IllegalArgumentException if the node knows a type that this client does not
   */
  static Outcome of(JsonNode json) {
    var stage = Optional.of(json.path("stage")).filter(JsonNode::isTextual).map(JsonNode::asText);
    var reason = json.path("reason").asText("");
    return switch (json.path("type").asText()) {
      case "answered" -> new Answered(HttpAnswer.of(json).orElseThrow());
      case "failed" -> new Failed(stage.orElse(""), reason);
      case "unknown" -> new Unknown(stage, reason, HttpAnswer.of(json));
      case "cancelled" -> new Cancelled(reason.equals("maybe-sent"));
      default ->
          throw new IllegalArgumentException(
              "the node tells an outcome of type "
                  + json.path("type").asText()
                  + ", which this client does not know: use a newer one");
    };
  }
}
