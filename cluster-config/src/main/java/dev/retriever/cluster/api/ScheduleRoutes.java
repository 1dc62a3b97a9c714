package dev.retriever.cluster.api;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.cluster.http.Ids;
import dev.retriever.cluster.http.JsonRequest;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.http.PageLimit;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.storage.StorageWatch;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.Schedules;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/** Schedules of origins: set, read, list, remove, pause, resume, trigger and backfill them. */
public final class ScheduleRoutes extends AllDirectives {
  /** In base64 or with JSON escapes, a request is longer than its bytes. */
  private static final long LARGEST_BODY = 2 * ScheduleSpec.MAX_REQUEST + 16 * 1024;

  private final ActorSystem<?> system;
  private final CallerOrigins callers;
  private final Submissions.Limits limits;
  private final StorageWatch storage;
  private final ScheduleReader reader;
  private final ScheduleAnswers answers;

  /**
   * @param storage requests that must be journaled are refused while it is away
   */
  public ScheduleRoutes(
      ActorSystem<?> system,
      CallerOrigins callers,
      SubmissionRules rules,
      Submissions.Limits limits,
      StorageWatch storage) {
    this.system = system;
    this.callers = callers;
    this.limits = limits;
    this.storage = storage;
    this.reader = new ScheduleReader(new FetchReader((int) limits.maxRequestBody()), rules);
    this.answers = new ScheduleAnswers(rules);
  }

  /** The caller seals this route. */
  public Route routes() {
    return pathPrefix(
        segment("v1").slash("origins").slash(segment()).slash("schedules"),
        originId ->
            concat(
                pathEnd(() -> list(originId)),
                path(segment(), id -> single(originId, id)),
                path(
                    segment().slash("pause"),
                    id -> posted(originId, id, it -> new ScheduleRequest.Pause(it))),
                path(segment().slash("resume"), id -> resumed(originId, id)),
                path(segment().slash("trigger"), id -> triggered(originId, id)),
                path(segment().slash("backfill"), id -> backfilled(originId, id))));
  }

  private Route list(String originId) {
    return get(
        () ->
            parameterOptional(
                "limit",
                limit ->
                    parameterOptional(
                        "after",
                        after ->
                            extractRequest(
                                request ->
                                    completeWithFuture(list(originId, request, limit, after))))));
  }

  private CompletionStage<HttpResponse> list(
      String originId, HttpRequest request, Optional<String> limit, Optional<String> after) {
    Ids.inPath("origin", originId);
    var most = PageLimit.of(limit);
    return callers
        .of(request)
        .schedules(originId, new ScheduleRequest.ListAll(after, most))
        .thenApply(
            answer -> {
              var json = JsonNodeFactory.instance.objectNode();
              var items = json.putArray("items");
              answer.list().forEach(it -> items.add(ScheduleWriter.inShort(originId, it)));
              if (answer.list().size() == most) {
                json.put("nextAfter", answer.list().get(most - 1).id());
              }
              return JsonResponse.of(json, 200);
            });
  }

  private Route single(String originId, String id) {
    return concat(
        get(
            () ->
                asked(
                    originId,
                    id,
                    (request, origins) ->
                        origins
                            .schedules(originId, new ScheduleRequest.Read(id))
                            .thenApply(answer -> answers.of(origins, originId, id, answer)))),
        put(() -> asked(originId, id, (request, origins) -> put(originId, id, request, origins))),
        delete(
            () ->
                asked(originId, id, (request, origins) -> remove(originId, id, request, origins))));
  }

  private Route asked(
      String originId,
      String id,
      BiFunction<HttpRequest, TenantOrigins<?>, CompletionStage<HttpResponse>> answer) {
    return extractRequest(
        request -> {
          Ids.inPath("origin", originId);
          checkId(id);
          return completeWithFuture(answer.apply(request, callers.of(request)));
        });
  }

  private static void checkId(String id) {
    Ids.inPath("schedule", id);
    if (id.length() > Schedules.LONGEST_ID) {
      throw Problem.of(
              ProblemType.MALFORMED_REQUEST,
              "The schedule id must have at most %d characters: ids of fetches begin with it."
                  .formatted(Schedules.LONGEST_ID))
          .found();
    }
  }

  private CompletionStage<HttpResponse> put(
      String originId, String id, HttpRequest request, TenantOrigins<?> origins) {
    JsonRequest.checkContent(request);
    var condition = ScheduleReader.Condition.of(request);
    origins.checkAllowed(originId);
    var tenant = origins.caller().tenant();
    limits
        .quotas()
        .refusal(tenant, request.entity().getContentLengthOption())
        .ifPresent(
            refusal -> {
              throw refusal.found();
            });
    return JsonRequest.body(request, LARGEST_BODY, system)
        .thenApply(body -> reader.read(body, tenant))
        .thenCompose(
            spec ->
                changed(originId, origins, new ScheduleRequest.Put(id, spec, condition.asked())))
        .thenApply(answer -> answers.put(origins, originId, id, answer, condition.isGiven()));
  }

  private CompletionStage<HttpResponse> remove(
      String originId, String id, HttpRequest request, TenantOrigins<?> origins) {
    var condition = ScheduleReader.Condition.of(request);
    var asked = condition.isGiven() ? condition.asked() : ScheduleRequest.Condition.NONE;
    return changed(originId, origins, new ScheduleRequest.Remove(id, asked))
        .thenApply(answer -> answers.removed(originId, id, answer));
  }

  private CompletionStage<ScheduleAnswer> changed(
      String originId, TenantOrigins<?> origins, ScheduleRequest request) {
    storage.checkThere();
    return storage.whileThere(origins.schedules(originId, request));
  }

  private Route posted(
      String originId, String id, java.util.function.Function<String, ScheduleRequest> made) {
    return post(
        () ->
            asked(
                originId,
                id,
                (request, origins) ->
                    changed(originId, origins, made.apply(id))
                        .thenApply(answer -> answers.of(origins, originId, id, answer))));
  }

  private Route resumed(String originId, String id) {
    return post(
        () ->
            asked(
                originId,
                id,
                (request, origins) ->
                    optionalBody(request)
                        .thenApply(ScheduleReader::catchesUp)
                        .thenCompose(
                            catchUp ->
                                changed(originId, origins, new ScheduleRequest.Resume(id, catchUp)))
                        .thenApply(answer -> answers.of(origins, originId, id, answer))));
  }

  private Route triggered(String originId, String id) {
    return post(
        () ->
            asked(
                originId,
                id,
                (request, origins) ->
                    changed(originId, origins, new ScheduleRequest.Trigger(id))
                        .thenApply(answer -> answers.triggered(origins, originId, id, answer))));
  }

  private Route backfilled(String originId, String id) {
    return post(
        () ->
            asked(
                originId,
                id,
                (request, origins) -> {
                  JsonRequest.checkContent(request);
                  return JsonRequest.body(request, LARGEST_BODY, system)
                      .thenApply(body -> ScheduleReader.backfill(id, body))
                      .thenCompose(
                          asked ->
                              changed(originId, origins, asked)
                                  .thenApply(
                                      answer ->
                                          answers.backfilled(
                                              originId, id, answer, asked.dryRun())));
                }));
  }

  private CompletionStage<InputStream> optionalBody(HttpRequest request) {
    if (request.entity().isKnownEmpty()) {
      return CompletableFuture.completedStage(
          new ByteArrayInputStream("{}".getBytes(StandardCharsets.UTF_8)));
    }
    JsonRequest.checkContent(request);
    return JsonRequest.body(request, LARGEST_BODY, system);
  }
}
