package dev.retriever.origin.testkit;

import dev.retriever.executor.Body;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.origin.testkit.Step.Dies;
import dev.retriever.origin.testkit.Step.Ends;
import dev.retriever.origin.testkit.Step.Late;
import dev.retriever.origin.testkit.Step.Silent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Scripts the attempts of a fetch: one step for each attempt in turn, and the last step for all
 * that follow. Each fetch with this script begins at its first step.
 *
 * <pre>{@code
 * kit.whenFetch("charge").fails(Stage.CONNECTING, "connection-refused").answers(201);
 * }</pre>
 *
 * <p>A negative delay is an {@link IllegalArgumentException}. Thread-safe.
 */
public final class Script {
  private final List<Step> steps = new ArrayList<>();

  Script() {}

  /** Answers at once, without headers and body. */
  public Script answers(int status) {
    return answers(response(status));
  }

  /** Answers at once with that body, in UTF-8, and without headers. */
  public Script answers(int status, String body) {
    return answers(new Response(status, List.of(), Body.utf8(body)));
  }

  /** Answers at once. */
  public Script answers(Response response) {
    return answersAfter(Duration.ZERO, response);
  }

  /** Answers so long after it was sent, if the attempt's timeout leaves it that long. */
  public Script answersAfter(Duration delay, int status) {
    return answersAfter(delay, response(status));
  }

  /** Answers so long after it was sent, if the attempt's timeout leaves it that long. */
  public Script answersAfter(Duration delay, Response response) {
    return add(new Ends(notNegative(delay), new Report.Answered(response), 1));
  }

  /**
   * Fails at once, and provably nothing was sent.
   *
   * @param stage {@code QUEUED} to {@code TLS}
   * @param reason a short stable word, such as {@code connection-refused}
   * @throws IllegalArgumentException if the request may have left at that stage: use {@link
   *     #breaks}
   */
  public Script fails(Stage stage, String reason) {
    if (stage.mayHaveLeft()) {
      throw new IllegalArgumentException(
          "at stage " + stage + " the request may have left; script it with breaks(…)");
    }
    return add(new Ends(Duration.ZERO, new Report.NotSent(stage, reason), 1));
  }

  /**
   * Fails at once, and it is unknown whether the target acted.
   *
   * @param stage {@code SENT} to {@code BODY}
   * @param reason a short stable word, such as {@code connection-closed}
   * @throws IllegalArgumentException if it is another stage
   */
  public Script breaks(Stage stage, String reason) {
    if (!stage.mayHaveLeft() || stage == Stage.COMPLETE) {
      throw new IllegalArgumentException(
          "at stage " + stage + " there is no doubt; breaks(…) takes SENT, HEADERS or BODY");
    }
    return add(new Ends(Duration.ZERO, Report.broken(stage, reason, Optional.empty()), 1));
  }

  /**
   * Is sent and gets no answer: after the timeout the executor closes the connection and reports
   * the attempt as ambiguous, {@code timeout} at stage {@code SENT}.
   */
  public Script staysSilent() {
    return add(new Silent());
  }

  /** Answers at once, and the executor's report arrives twice. */
  public Script answersTwice(int status) {
    return answersTwice(response(status));
  }

  /** Answers at once, and the executor's report arrives twice. */
  public Script answersTwice(Response response) {
    return add(new Ends(Duration.ZERO, new Report.Answered(response), 2));
  }

  /**
   * Answers too late: the origin first gives the attempt up, at its timeout + grace or when the
   * fetch settles otherwise. The answer comes that long afterwards.
   */
  public Script answersLate(Duration afterGivenUp, int status) {
    return answersLate(afterGivenUp, response(status));
  }

  /** As {@link #answersLate(Duration, int)}, with that answer. */
  public Script answersLate(Duration afterGivenUp, Response response) {
    return add(new Late(notNegative(afterGivenUp), new Report.Answered(response)));
  }

  /** Is sent, and its executor never reports. The origin gives it up at its timeout + grace. */
  public Script dies() {
    return add(new Dies());
  }

  private synchronized Script add(Step step) {
    steps.add(step);
    return this;
  }

  /** The step for the attempt after {@code before} others; empty for a script without steps. */
  synchronized Optional<Step> step(int before) {
    return steps.isEmpty()
        ? Optional.empty()
        : Optional.of(steps.get(Math.min(before, steps.size() - 1)));
  }

  private static Response response(int status) {
    return new Response(status, List.of(), Body.EMPTY);
  }

  private static Duration notNegative(Duration delay) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("nothing happens " + delay + " after something else");
    }
    return delay;
  }
}
