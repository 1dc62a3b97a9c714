package dev.retriever.cluster.api;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.cluster.http.Ids;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.http.Prefer;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.http.RequestHeaders;
import dev.retriever.cluster.memory.OutcomeMemory;
import dev.retriever.cluster.security.Deed;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.storage.StorageWatch;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.cluster.tenants.WaitReasons;
import dev.retriever.origin.queue.QueueOperations;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.PathMatcher2;
import org.apache.pekko.http.javadsl.server.Route;

/** The API for callers: submit a fetch, read it, wait for it, list and cancel. */
public final class FetchRoutes extends AllDirectives {
  private final CallerOrigins callers;
  private final Submissions submissions;
  private final Submissions.Limits limits;
  private final StorageWatch storage;
  private final WaitedFetches waiting;
  private final FetchAnswers answers;
  private final WaitReasons reasons;
  private final FetchTimes times;
  private final Redrives redrives;
  private final SentRequests sent;
  private final Batches batches;
  private final ManyOrigins many;

  /**
   * @param storage requests that must be journaled are refused while it is away
   */
  public FetchRoutes(
      ActorSystem<?> system,
      CallerOrigins callers,
      SubmissionRules rules,
      Submissions.Limits limits,
      Intake intake,
      StorageWatch storage,
      OutcomeMemory memory,
      QueueOperations queues) {
    this.callers = callers;
    this.limits = limits;
    this.storage = storage;
    this.waiting = new WaitedFetches(intake);
    this.answers = new FetchAnswers(system, memory);
    this.reasons = new WaitReasons(queues);
    this.times = new FetchTimes(system, callers, storage, answers);
    this.submissions =
        new Submissions(system, callers, rules, limits, storage, waiting, answers, queues);
    this.redrives = new Redrives(system, callers, rules, submissions, limits, storage);
    this.sent = new SentRequests(callers, storage);
    this.batches = new Batches(system, callers, rules, submissions, limits, storage);
    this.many = new ManyOrigins(system, callers, batches, submissions);
  }

  /** What makes settled fetches again. */
  public Redrives redrives() {
    return redrives;
  }

  /** The caller seals this route. */
  public Route routes() {
    return concat(
        path(segment("v1").slash("origins").slash(segment()).slash("fetches"), this::collection),
        path(
            segment("v1").slash("origins").slash(segment()).slash("fetches").slash(segment()),
            this::single),
        path(
            segment("v1").slash("origins").slash(segment()).slash("fetches:batch"),
            originId -> posted(request -> batches.submit(originId, request))),
        path(segment("v1").slash("fetches:batch"), () -> posted(many::submit)),
        path(
            fetchPath().slash("start"),
            (originId, fetchId) -> posted(request -> times.start(originId, fetchId, request))),
        path(
            fetchPath().slash("bodies"),
            (originId, fetchId) ->
                delete(
                    () -> extractRequest(request -> answered(erase(originId, fetchId, request))))),
        path(
            fetchPath().slash("request"),
            (originId, fetchId) ->
                get(
                    () ->
                        extractRequest(
                            request -> answered(sent.read(originId, fetchId, request))))),
        path(
            fetchPath().slash("redrive"),
            (originId, fetchId) ->
                posted(request -> redrives.redrive(originId, fetchId, request))));
  }

  private static PathMatcher2<String, String> fetchPath() {
    return segment("v1").slash("origins").slash(segment()).slash("fetches").slash(segment());
  }

  private Route posted(Function<HttpRequest, CompletionStage<HttpResponse>> answer) {
    return post(() -> extractRequest(request -> answered(answer.apply(request))));
  }

  private Route collection(String originId) {
    return concat(
        post(() -> extractRequest(request -> answered(submissions.submit(originId, request)))),
        get(
            () ->
                parameterOptional(
                    "state",
                    state ->
                        parameterOptional(
                            "limit",
                            limit ->
                                parameterOptional(
                                    "cursor",
                                    cursor ->
                                        extractRequest(
                                            request ->
                                                answered(
                                                    list(
                                                        originId,
                                                        request,
                                                        () ->
                                                            ListQuery.of(
                                                                state, limit, cursor)))))))));
  }

  private Route single(String originId, String fetchId) {
    return concat(
        get(() -> extractRequest(request -> answered(read(originId, fetchId, request)))),
        patch(() -> extractRequest(request -> answered(times.move(originId, fetchId, request)))),
        delete(() -> extractRequest(request -> answered(cancel(originId, fetchId, request)))));
  }

  private CompletionStage<HttpResponse> read(String originId, String fetchId, HttpRequest request) {
    Ids.inPath("origin", originId);
    Ids.fetchInPath(fetchId);
    var wait = Prefer.wait(RequestHeaders.named(request, "Prefer"), limits.maxWait());
    var origins = callers.of(request);
    return origins
        .read(originId, fetchId)
        .thenCompose(
            answer ->
                answer.fetch().isEmpty()
                    ? CompletableFuture.failedFuture(noSuchFetch(originId, fetchId))
                    : waiting.waited(origins, originId, answer, wait))
        .thenCompose(
            fetch ->
                reasons
                    .of(origins, fetch)
                    .thenApply(reason -> answers.waited(fetch, reason, wait, 200)));
  }

  private CompletionStage<HttpResponse> cancel(
      String originId, String fetchId, HttpRequest request) {
    Ids.inPath("origin", originId);
    Ids.fetchInPath(fetchId);
    storage.checkThere();
    var origins = callers.of(request);
    return storage
        .whileThere(origins.cancel(originId, fetchId))
        .thenApply(
            answer ->
                switch (answer.verdict()) {
                  case NO_SUCH_FETCH -> throw noSuchFetch(originId, fetchId);
                  case SETTLED_OTHERWISE -> throw settledBefore(originId, fetchId);
                  default ->
                      origins.caller().has(Role.READ)
                          ? answers.waited(answer.fetch().orElseThrow(), Optional.empty(), 200)
                          : FetchAnswers.receipt(
                              answer.fetch().orElseThrow(), Optional.empty(), 200);
                });
  }

  private CompletionStage<HttpResponse> erase(
      String originId, String fetchId, HttpRequest request) {
    Ids.inPath("origin", originId);
    Ids.fetchInPath(fetchId);
    storage.checkThere();
    return storage.whileThere(
        BodyErasures.erase(callers.of(request), originId, fetchId, Deed.of(request)));
  }

  private CompletionStage<HttpResponse> list(
      String originId, HttpRequest request, Supplier<ListQuery> asked) {
    Ids.inPath("origin", originId);
    var query = asked.get();
    return callers
        .of(request)
        .list(originId, query.settled(), query.after(), query.limit())
        .thenApply(
            page -> {
              var json = JsonNodeFactory.instance.objectNode();
              var items = json.putArray("items");
              page.items().forEach(item -> items.add(FetchWriter.summary(item)));
              page.next().ifPresent(next -> json.put("nextCursor", query.cursorAfter(next)));
              return JsonResponse.of(json, 200);
            });
  }

  static Problem.Found settledBefore(String originId, String fetchId) {
    return Problem.of(
            ProblemType.CONFLICT,
            "Fetch "
                + fetchId
                + " of origin "
                + originId
                + " had settled before; read it to see how.")
        .found();
  }

  static Problem.Found noSuchFetch(String originId, String fetchId) {
    return Problem.of(
            ProblemType.NOT_FOUND, "Origin " + originId + " has no fetch " + fetchId + ".")
        .found();
  }

  private Route answered(CompletionStage<HttpResponse> response) {
    return completeWithFuture(response);
  }
}
