package dev.retriever.cluster.api;

import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.http.Precondition;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.schedules.ScheduleAnswer.Result;
import dev.retriever.origin.schedules.ScheduleView;
import dev.retriever.origin.schedules.Schedules;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/** How requests for schedules are answered, and how they are refused. */
record ScheduleAnswers(SubmissionRules rules) {
  /** The schedule as it stands. */
  HttpResponse of(TenantOrigins<?> origins, String originId, String id, ScheduleAnswer answer) {
    checkThere(originId, id, answer);
    return shown(origins, originId, answer, 200);
  }

  private static void checkThere(String originId, String id, ScheduleAnswer answer) {
    if (answer.result() == Result.NO_SUCH_SCHEDULE) {
      throw Problem.of(
              ProblemType.NOT_FOUND,
              "Origin %s has no schedule %s; PUT makes it.".formatted(originId, id))
          .found();
    }
  }

  private static HttpResponse shown(
      TenantOrigins<?> origins, String originId, ScheduleAnswer answer, int status) {
    var view = answer.view().orElseThrow();
    var json =
        origins.caller().has(Role.READ)
            ? ScheduleWriter.schedule(originId, view)
            : ScheduleWriter.receipt(originId, view);
    return JsonResponse.of(json, status)
        .addHeader(RawHeader.create("ETag", Precondition.tag(view.generation())));
  }

  /**
   * @param isConditional whether the caller named what is to be replaced
   */
  HttpResponse put(
      TenantOrigins<?> origins,
      String originId,
      String id,
      ScheduleAnswer answer,
      boolean isConditional) {
    return switch (answer.result()) {
      case CREATED ->
          shown(origins, originId, answer, 201)
              .addHeader(
                  RawHeader.create("Location", "/v1/origins/" + originId + "/schedules/" + id));
      case OTHER_GENERATION -> throw otherGeneration(originId, id, answer, isConditional);
      case TOO_MANY_SCHEDULES -> throw tooMany(originId);
      case BACKFILL_RUNS -> throw backfillRuns(originId, id);
      case TICKS_DUE ->
          throw Problem.of(
                  ProblemType.TICKS_DUE,
                  "More ticks of schedule %s of origin %s are due than one write decides. They go on; repeat"
                          .formatted(id, originId)
                      + " this in a moment.")
              .found();
      case NEVER_TICKS ->
          throw Problem.of(
                  ProblemType.NEVER_TICKS,
                  "/cron",
                  "/cron has no tick ahead within eight years, or none up to end. Nothing was"
                      + " changed.")
              .found();
      default -> shown(origins, originId, answer, 200);
    };
  }

  private static Problem.Found backfillRuns(String originId, String id) {
    return Problem.of(
            ProblemType.BACKFILL_RUNS,
            "Schedule %s of origin %s has a backfill under way. Repeat this when it is done; reading it"
                    .formatted(id, originId)
                + " shows how far it is.")
        .found();
  }

  private static Problem.Found tooMany(String originId) {
    return Problem.of(
            ProblemType.TOO_MANY_SCHEDULES,
            "Origin %s has %d schedules, or as many bytes of requests in them as it may. Remove some, or"
                    .formatted(originId, Schedules.MOST)
                + " use another origin.")
        .found();
  }

  private static Problem.Found otherGeneration(
      String originId, String id, ScheduleAnswer answer, boolean isConditional) {
    var name = "Schedule " + id + " of origin " + originId;
    if (!isConditional) {
      return Problem.of(
              ProblemType.PRECONDITION_REQUIRED,
              name
                  + " has other contents already, of generation "
                  + answer.view().orElseThrow().generation()
                  + ". Send If-Match with the generation that this is to replace, or * for any.")
          .found();
    }
    return Problem.of(
            ProblemType.PRECONDITION_FAILED,
            answer
                .view()
                .map(ScheduleView::generation)
                .map(
                    it ->
                        name
                            + " has generation "
                            + it
                            + " by now. Read it, and repeat the change with that generation.")
                .orElse(name + " does not exist."))
        .found();
  }

  HttpResponse removed(String originId, String id, ScheduleAnswer answer) {
    checkThere(originId, id, answer);
    if (answer.result() == Result.OTHER_GENERATION) {
      throw otherGeneration(originId, id, answer, true);
    }
    return HttpResponse.create().withStatus(204);
  }

  /** The fetch that was made. */
  HttpResponse triggered(
      TenantOrigins<?> origins, String originId, String id, ScheduleAnswer answer) {
    checkThere(originId, id, answer);
    var fetchId = answer.fetchId().orElseThrow();
    if (answer.result() == Result.REFUSED) {
      throw refused(origins, originId, id, answer.fetch().orElseThrow());
    }
    var json = ScheduleWriter.receipt(originId, answer.view().orElseThrow());
    return JsonResponse.of(json.put("fetchId", fetchId), 202)
        .addHeader(RawHeader.create("Location", "/v1/origins/" + originId + "/fetches/" + fetchId));
  }

  private Problem.Found refused(
      TenantOrigins<?> origins, String originId, String id, Verdict verdict) {
    var what = "The fetch of schedule %s of origin %s was refused: ".formatted(id, originId);
    return switch (verdict) {
      case NO_SUCH_EXECUTOR -> rules.noSuchExecutor(origins.caller().tenant());
      case NO_SUCH_QUEUE ->
          Problem.of(
                  ProblemType.NO_SUCH_QUEUE,
                  what + "its queue does not exist. Make it, or change the schedule.")
              .found();
      case NO_SUCH_CALLBACK ->
          Problem.of(
                  ProblemType.NO_SUCH_CALLBACK,
                  what + "its callback endpoint does not exist. Make it, or change the schedule.")
              .found();
      case QUEUE_DRAINING ->
          Problem.of(
                  ProblemType.QUEUE_DRAINING,
                  what + "its queue takes no new fetches. Repeat it when the queue is resumed.")
              .found();
      case QUEUE_FULL ->
          Problem.of(ProblemType.QUEUE_FULL, what + "its queue is full. Repeat it later.").found();
      case TOO_MANY_KEYS ->
          Problem.of(
                  ProblemType.TOO_MANY_QUEUE_KEYS,
                  what + "its origin waits in the queue under too many keys. Repeat it later.")
              .found();
      default ->
          Problem.of(
                  ProblemType.TOO_MANY_PENDING,
                  what + "the origin has as many fetches pending as it may. Repeat it later.")
              .found();
    };
  }

  HttpResponse backfilled(String originId, String id, ScheduleAnswer answer, boolean dryRun) {
    checkThere(originId, id, answer);
    var name = "Schedule " + id + " of origin " + originId;
    return switch (answer.result()) {
      case AHEAD -> throw JsonFields.invalid("/to", "must not be ahead: a backfill is of the past");
      case BACKFILL_RUNS -> throw backfillRuns(originId, id);
      case TOO_MANY_TICKS ->
          throw Problem.of(
                  ProblemType.TOO_MANY_TICKS,
                  "/from",
                  "/from and to have more than %d ticks between them. Ask for parts of the range, one"
                          .formatted(Schedules.MOST_BACKFILLED)
                      + " after the other.")
              .found();
      case MAY_REPEAT ->
          throw Problem.of(
                  ProblemType.MAY_REPEAT,
                  name
                      + " does not know any more which of the earliest of these ticks it made. Ask for a"
                      + " later range, or send allowRepeat to make them again.")
              .found();
      default ->
          JsonResponse.of(
              ScheduleWriter.backfill(answer.backfill().orElseThrow(), dryRun), dryRun ? 200 : 202);
    };
  }
}
