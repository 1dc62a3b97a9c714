package dev.retriever.cluster.queues;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cluster.api.FetchWriter;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.http.Precondition;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.executor.Futures;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.queue.QueueView;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/** How requests for queues are answered, and how they are refused. */
final class QueueAnswers {
  private static final String RULE =
      "must be 1 to 64 of A-Z a-z 0-9 . _ -, or a template such as host:*, or one of its queues such"
          + " as host:example.com.";

  private QueueAnswers() {}

  /**
   * The name of a queue in a path.
   *
   * @throws Problem.Found if no queue can have that name
   */
  static String named(String name) {
    if (!QueueChoice.isName(name)) {
      throw Problem.of(ProblemType.MALFORMED_REQUEST, "The name of a queue " + RULE).found();
    }
    return name;
  }

  /**
   * A queue, with its version for the condition of a change.
   *
   * @param ids whether ids of origins and fetches are shown
   */
  static HttpResponse of(QueueView view, int status, boolean ids) {
    return of(QueueWriter.queue(view, ids), view, status);
  }

  /**
   * A queue, with the time before which it was not read: what a purge of these figures is of.
   *
   * @param ids whether ids of origins and fetches are shown
   */
  static HttpResponse shown(QueueView view, Instant at, boolean ids) {
    return of(QueueWriter.queue(view, ids).put("at", FetchWriter.time(at)), view, 200);
  }

  private static HttpResponse of(JsonNode json, QueueView view, int status) {
    return JsonResponse.of(json, status)
        .addHeader(RawHeader.create("ETag", Precondition.tag(view.version())));
  }

  static HttpResponse ok(JsonNode json) {
    return JsonResponse.of(json, 200);
  }

  static Problem.Found noSuchQueue(String name) {
    return Problem.of(
            ProblemType.NOT_FOUND,
            "There is no queue " + name + "; PUT /admin/queues/" + name + " makes it.")
        .found();
  }

  /** For one who may not make it. */
  static Problem.Found notThere(String name) {
    return Problem.of(ProblemType.NOT_FOUND, "There is no queue " + name + ".").found();
  }

  static Problem.Found notEmpty(String name) {
    return Problem.of(
            ProblemType.QUEUE_NOT_EMPTY,
            "Queue "
                + name
                + " has fetches that wait, or slots that are taken. Drain or purge it, and repeat"
                + " this when it is empty.")
        .found();
  }

  static Problem.Found otherVersion(String name, Optional<QueueView> now) {
    return Problem.of(
            ProblemType.PRECONDITION_FAILED,
            now.map(
                    view ->
                        "Queue "
                            + name
                            + " has version "
                            + view.version()
                            + " by now. Read it, and repeat the change with that version.")
                .orElse("There is no queue " + name + " of that version."))
        .found();
  }

  static Problem.Found versionNeeded(String name, Optional<QueueView> now) {
    return Problem.of(
            ProblemType.PRECONDITION_REQUIRED,
            "Queue "
                + name
                + " has other settings already"
                + now.map(view -> ", of version " + view.version()).orElse("")
                + ". Send If-Match with the version that this is to replace, or * for any; or change"
                + " single members with PATCH.")
        .found();
  }

  static Problem.Found ofTemplate(String name, String template) {
    return Problem.of(
            ProblemType.NOT_POSSIBLE_NOW,
            "Queue " + name + " takes its settings from " + template + "; change those.")
        .found();
  }

  static Problem.Found notPossible(String name, Optional<QueueView> now) {
    return Problem.of(
            ProblemType.NOT_POSSIBLE_NOW,
            "Queue "
                + name
                + now.map(view -> ", which is " + QueueWords.word(view.state()) + ",").orElse("")
                + " does not allow this now. Read it to see why.")
        .found();
  }

  /** The stage, with its time-out told as one of that queue. */
  static <T> CompletionStage<T> inTime(String name, CompletionStage<T> asked) {
    return asked.exceptionallyCompose(
        failure ->
            CompletableFuture.failedStage(
                Futures.cause(failure) instanceof TimeoutException ? late(name) : failure));
  }

  private static Problem.Found late(String name) {
    return Problem.of(
            ProblemType.STORAGE_UNAVAILABLE,
            "Queue "
                + name
                + " did not answer in time. It may have done what was asked; repeat it, or read the"
                + " queue.")
        .found();
  }
}
