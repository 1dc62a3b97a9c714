package dev.retriever.cluster.api;

import dev.retriever.cluster.http.Ids;
import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.JsonRequest;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.storage.StorageWatch;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.origin.InvalidSpec;
import dev.retriever.origin.Later;
import dev.retriever.origin.Origins;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Moves the times of fetches that have not begun, and lets them begin now. */
final class FetchTimes {
  /** The largest body that says when, in bytes. */
  private static final long LARGEST_BODY = 1024;

  private final ActorSystem<?> system;
  private final CallerOrigins callers;
  private final StorageWatch storage;
  private final FetchAnswers answers;

  FetchTimes(
      ActorSystem<?> system, CallerOrigins callers, StorageWatch storage, FetchAnswers answers) {
    this.system = system;
    this.callers = callers;
    this.storage = storage;
    this.answers = answers;
  }

  /**
   * The time in these fields, if there is one.
   *
   * @throws Problem.Found if there are two, or it is out of its range
   */
  static Optional<Later> later(JsonFields fields) {
    var delay = fields.duration("delay");
    var notBefore = fields.time("notBefore");
    if (delay.isPresent() && notBefore.isPresent()) {
      throw JsonFields.invalid(
          fields.at("notBefore"), "must not be given together with delay; choose one");
    }
    try {
      return delay.map(Later::after).or(() -> notBefore.map(Later::at));
    } catch (InvalidSpec e) {
      throw JsonFields.invalid(fields.at("delay"), "must be 1ms to 366 days");
    }
  }

  static Problem.Found outOfRange() {
    return JsonFields.invalid(
        "/notBefore",
        "must be at most 366 days ahead, and not past by more than a minute; leave it out to begin at"
            + " once. Nothing was changed.");
  }

  CompletionStage<HttpResponse> move(String originId, String fetchId, HttpRequest request) {
    check(originId, fetchId);
    JsonRequest.checkPatchContent(request);
    var origins = callers.of(request);
    return JsonRequest.body(request, LARGEST_BODY, system)
        .thenApply(FetchTimes::read)
        .thenCompose(
            later -> {
              storage.checkThere();
              return storage.whileThere(origins.move(originId, fetchId, later));
            })
        .thenApply(answer -> answered(origins, originId, fetchId, answer));
  }

  private static Later read(InputStream body) {
    var fields = JsonFields.of(JsonRequest.parse(body), "");
    var later = later(fields);
    fields.nothingElse();
    return later.orElseThrow(
        () -> JsonFields.invalid("/notBefore", "is missing; give it, or delay"));
  }

  CompletionStage<HttpResponse> start(String originId, String fetchId, HttpRequest request) {
    check(originId, fetchId);
    storage.checkThere();
    var origins = callers.of(request);
    return storage
        .whileThere(origins.bringForward(originId, fetchId))
        .thenApply(answer -> answered(origins, originId, fetchId, answer));
  }

  private static void check(String originId, String fetchId) {
    Ids.inPath("origin", originId);
    Ids.fetchInPath(fetchId);
  }

  private HttpResponse answered(
      TenantOrigins<?> origins, String originId, String fetchId, Origins.Answer answer) {
    return switch (answer.verdict()) {
      case NO_SUCH_FETCH -> throw FetchRoutes.noSuchFetch(originId, fetchId);
      case NOT_BEFORE_OUT_OF_RANGE -> throw outOfRange();
      case HAS_BEGUN ->
          throw Problem.of(
                  ProblemType.FETCH_BEGUN,
                  "An attempt of fetch %s of origin %s has begun, so its time cannot be moved. Wait for"
                          .formatted(fetchId, originId)
                      + " its outcome, or cancel it.")
              .found();
      case SETTLED_OTHERWISE -> throw FetchRoutes.settledBefore(originId, fetchId);
      default ->
          origins.caller().has(Role.READ)
              ? answers.waited(answer.fetch().orElseThrow(), Optional.empty(), 200)
              : FetchAnswers.receipt(answer.fetch().orElseThrow(), Optional.empty(), 200);
    };
  }
}
