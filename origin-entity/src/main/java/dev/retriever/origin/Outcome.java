package dev.retriever.origin;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a fetch ended. Each fetch has exactly one, and it never changes. Immutable.
 *
 * <p>{@link Failed} means proved not processed: nothing of any request left. Whenever the target
 * may have acted and no complete answer came, it is {@link Unknown}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Outcome.Answered.class, name = "answered"),
  @JsonSubTypes.Type(value = Outcome.Failed.class, name = "failed"),
  @JsonSubTypes.Type(value = Outcome.Unknown.class, name = "unknown"),
  @JsonSubTypes.Type(value = Outcome.Cancelled.class, name = "cancelled")
})
public sealed interface Outcome {
  /** The four kinds, for counting and filtering. */
  enum Type {
    ANSWERED,
    FAILED,
    UNKNOWN,
    CANCELLED
  }

  /** A complete response came. Any status is an answer, 404 and 500 too. */
  record Answered(Response response) implements Outcome {
    @Override
    public Type type() {
      return Type.ANSWERED;
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
   * @param reason as {@link #why}
   */
  record Failed(Stage stage, String reason) implements Outcome {
    @Override
    public Type type() {
      return Type.FAILED;
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
   * @param stage how far the request got; empty when that is unknown too. In a redirected fetch
   *     this is the request after the last redirect, which may not have been sent
   * @param reason as {@link #why}
   * @param partial what had come of the response
   */
  record Unknown(Optional<Stage> stage, String reason, Optional<Response> partial)
      implements Outcome {
    @Override
    public Type type() {
      return Type.UNKNOWN;
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
   * The fetch was cancelled before it had another outcome.
   *
   * @param maybeSent false when it is proved that nothing was sent
   */
  record Cancelled(boolean maybeSent) implements Outcome {
    @Override
    public Type type() {
      return Type.CANCELLED;
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

  /** Which of the four it is. */
  Type type();

  /** Calls the function for this kind of outcome, and gives its result. */
  <R> R fold(
      Function<Answered, R> answered,
      Function<Failed, R> failed,
      Function<Unknown, R> unknown,
      Function<Cancelled, R> cancelled);

  /** The outcome that a report gives by itself. */
  static Outcome of(Report report) {
    return report.fold(
        answered -> new Answered(answered.response()),
        notSent -> new Failed(notSent.stage(), notSent.reason()),
        ambiguous -> new Unknown(ambiguous.stage(), ambiguous.reason(), ambiguous.partial()));
  }

  /** How far the fetch got; a whole response is complete. */
  default Optional<Stage> reached() {
    return fold(
        answered -> Optional.of(Stage.COMPLETE),
        failed -> Optional.of(failed.stage()),
        Unknown::stage,
        cancelled -> Optional.empty());
  }

  /**
   * Why there is no answer: a short stable word, such as {@code timeout}, without any part of the
   * request or a response. Empty when answered.
   */
  default Optional<String> why() {
    return fold(
        answered -> Optional.empty(),
        failed -> Optional.of(failed.reason()),
        unknown -> Optional.of(unknown.reason()),
        cancelled -> Optional.of(cancelled.maybeSent() ? "maybe-sent" : "not-sent"));
  }

  /** The answer, if its status is from 200 to 299. */
  default Optional<Response> success() {
    return this instanceof Answered answered && answered.response().successful()
        ? Optional.of(answered.response())
        : Optional.empty();
  }

  /** The received response: complete when answered, else perhaps a part. */
  default Optional<Response> received() {
    return fold(
        answered -> Optional.of(answered.response()),
        failed -> Optional.empty(),
        Unknown::partial,
        cancelled -> Optional.empty());
  }
}
