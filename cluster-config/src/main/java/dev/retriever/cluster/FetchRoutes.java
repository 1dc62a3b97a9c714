package dev.retriever.cluster;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.executor.ByteGrant;
import dev.retriever.executor.ExecutorPools;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.MemoryBudget;
import dev.retriever.executor.Utf8;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.Origins;
import dev.retriever.origin.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/** The API for callers: submit a fetch, read it, wait for it, list and cancel. */
final class FetchRoutes extends AllDirectives {
  private static final Duration MAX_UPLOAD = Duration.ofSeconds(30);

  private final ActorSystem<?> system;
  private final Origins<?> origins;
  private final ExecutorPools pools;
  private final Consumer<FetchRequest> mayBeSent;
  private final NodeSettings settings;
  private final Intake intake;
  private final StorageWatch storage;
  private final Admission admission;
  private final UploadedBody.Limits uploads;
  private final Congestion congestion;
  private final FetchReader reader;
  private final FetchAnswers answers;

  /**
   * @param storage what has to be journaled is refused while it is away
   */
  FetchRoutes(
      ActorSystem<?> system,
      Origins<?> origins,
      ExecutorPools pools,
      Consumer<FetchRequest> mayBeSent,
      NodeSettings settings,
      Intake intake,
      StorageWatch storage,
      OutcomeMemory memory) {
    this.answers = new FetchAnswers(system, memory);
    this.system = system;
    this.origins = origins;
    this.pools = pools;
    this.mayBeSent = mayBeSent;
    this.settings = settings;
    this.intake = intake;
    this.storage = storage;
    this.admission = new Admission(MemoryBudget.get(system));
    // Base64 and JSON escapes may make a body longer than what it stands for.
    this.uploads = new UploadedBody.Limits(2 * settings.maxRequestBody() + 64 * 1024, MAX_UPLOAD);
    this.congestion = new Congestion(settings.overloadedAfter(), System::nanoTime);
    this.reader = new FetchReader((int) settings.maxRequestBody());
  }

  /** To be sealed by whoever serves it. */
  Route routes() {
    return concat(
        path(segment("v1").slash("origins").slash(segment()).slash("fetches"), this::collection),
        path(
            segment("v1").slash("origins").slash(segment()).slash("fetches").slash(segment()),
            this::single),
        path(segment("problems").slash(segment()), ProblemPages::page));
  }

  private Route collection(String originId) {
    return concat(
        post(() -> extractRequest(request -> answered(submit(originId, request)))),
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
                                    cursor -> answered(list(originId, state, limit, cursor)))))));
  }

  private Route single(String originId, String fetchId) {
    return concat(
        get(() -> extractRequest(request -> answered(read(originId, fetchId, request)))),
        delete(() -> answered(cancel(originId, fetchId))));
  }

  private CompletionStage<HttpResponse> submit(String originId, HttpRequest request) {
    Ids.inPath("origin", originId);
    checkContent(request);
    var key = Ids.fromHeaders(headers(request, "Idempotency-Key"));
    var wait = Prefer.wait(headers(request, "Prefer"), settings.maxWait());
    var length = request.entity().getContentLengthOption();
    var refusal = origins.refusal(originId, length.orElse(0)).map(it -> refused(it, originId));
    var memory = refusal.isPresent() ? Optional.<ByteGrant>empty() : admission.admitted(length);
    if (memory.isEmpty()) {
      return passedOver(request, refusal.orElseGet(Admission::refusal));
    }
    return read(request, memory.get())
        .thenApply(submission -> checked(submission, key))
        .whenComplete((checked, failure) -> closeIf(failure != null, memory.get()))
        .thenCompose(
            checked ->
                recorded(originId, checked.id(), checked.spec(), memory.get())
                    .thenCompose(answer -> submitted(originId, checked.id(), answer, wait)));
  }

  /** What is to be recorded, under which id. */
  private record Checked(String id, FetchSpec spec) {}

  private Checked checked(FetchReader.Submission submission, Optional<String> key) {
    checkTarget(submission);
    checkStorage();
    return new Checked(fetchId(submission.id(), key), submission.spec());
  }

  private static void closeIf(boolean isOver, ByteGrant memory) {
    if (isOver) {
      memory.close();
    }
  }

  /** Who asks before it sends its body is answered before that; others in the middle of it. */
  private CompletionStage<HttpResponse> passedOver(HttpRequest request, Problem.Found why) {
    return request.getHeader("Expect").isPresent()
        ? CompletableFuture.failedFuture(why)
        : UploadedBody.refused(request.entity(), uploads, why, system)
            .thenApply(none -> HttpResponse.create());
  }

  private CompletionStage<Origins.Answer> recorded(
      String originId, String id, FetchSpec spec, ByteGrant memory) {
    var begun = congestion.begun();
    if (begun.isEmpty()) {
      memory.close();
      throw Problem.of(
              ProblemType.OVERLOADED,
              "More is submitted than can be recorded. Nothing was changed; repeat it later, with"
                  + " the same id.")
          .found();
    }
    return storage
        .whileThere(origins.submit(originId, id, spec, memory))
        .whenComplete((answer, failure) -> congestion.ended(begun.getAsLong(), failure == null));
  }

  private CompletionStage<FetchReader.Submission> read(HttpRequest request, ByteGrant memory) {
    try {
      return UploadedBody.of(request.entity(), uploads, memory, system).thenApply(reader::read);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void checkContent(HttpRequest request) {
    if (!isJson(request)) {
      throw Problem.of(
              ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send JSON, as Content-Type: application/json.")
          .found();
    }
    if (request.getHeader("Content-Encoding").isPresent()) {
      throw Problem.of(
              ProblemType.UNSUPPORTED_CONTENT_ENCODING, "Send the body without content encoding.")
          .found();
    }
  }

  /** A semicolon without a parameter behind it is no media type to the server, and sent by many. */
  private static boolean isJson(HttpRequest request) {
    return request.entity().getContentType().mediaType().equals(MediaTypes.APPLICATION_JSON)
        || headers(request, "Content-Type").stream()
            .anyMatch(
                value ->
                    FetchReader.isMediaType(
                        value.replaceFirst("[;\\s]+$", ""), "application/json"));
  }

  private void checkTarget(FetchReader.Submission submission) {
    try {
      mayBeSent.accept(submission.spec().request());
    } catch (InvalidRequest e) {
      throw FetchReader.invalid(e);
    }
  }

  private void checkStorage() {
    if (storage.isAway()) {
      throw Problem.of(
              ProblemType.STORAGE_UNAVAILABLE,
              "The database is away. Nothing was changed; repeat it when it is back.")
          .found();
    }
  }

  private static String fetchId(Optional<String> inBody, Optional<String> inHeader) {
    if (inBody.isPresent() && inHeader.isPresent() && !inBody.equals(inHeader)) {
      throw JsonFields.invalid("/id", "differs from the Idempotency-Key header; send one of them");
    }
    return inBody.or(() -> inHeader).orElseGet(Ids::fresh);
  }

  private CompletionStage<HttpResponse> submitted(
      String originId, String id, Origins.Answer answer, Optional<Duration> wait) {
    return switch (answer.verdict()) {
      case ID_REUSED -> {
        var detail =
            "Fetch "
                + id
                + " of origin "
                + originId
                + " was accepted with other content. Submit this one under another id.";
        throw Problem.of(ProblemType.IDEMPOTENCY_KEY_REUSED, "/id", detail).found();
      }
      case NO_SUCH_EXECUTOR -> throw noSuchExecutor();
      case TOO_MANY_PENDING, BUSY -> throw refused(answer.verdict(), originId);
      default ->
          waited(originId, answer, wait)
              .thenApply(
                  fetch ->
                      accepted(answer, fetch, wait)
                          .addHeader(RawHeader.create("Location", path(fetch)))
                          .addHeaders(replayed(answer.verdict())));
    };
  }

  /**
   * Without memory for its outcome, as if it had not settled within the wait, if it was waited for.
   */
  private HttpResponse accepted(Origins.Answer answer, FetchView fetch, Optional<Duration> wait) {
    var before = answer.fetch().orElseThrow();
    if (fetch.settledAt().isEmpty() || before.settledAt().isPresent()) {
      return response(fetch, wait, fetch.settledAt().isPresent() ? 200 : 202);
    }
    return answers
        .fetch(fetch, 200)
        .map(response -> applied(response, wait))
        .orElseGet(() -> response(before, wait, 202));
  }

  private static Problem.Found refused(Verdict verdict, String originId) {
    return verdict == Verdict.TOO_MANY_PENDING
        ? Problem.of(
                ProblemType.TOO_MANY_PENDING,
                "Origin "
                    + originId
                    + " has as many fetches pending as it may, or holds as much of the node's memory"
                    + " as it may. Wait for some to settle.")
            .found()
        : Problem.of(
                ProblemType.OVERLOADED,
                "Too much is on its way to the node of origin "
                    + originId
                    + ", or held there. Nothing was changed; repeat it, with the same id.")
            .found();
  }

  private Problem.Found noSuchExecutor() {
    var names = pools.names();
    var rule =
        names.isEmpty()
            ? "must be left out: this node has no pools of executors but the default one"
            : "must be one of the pools that this node has, " + names + ", or be left out";
    return Problem.of(ProblemType.NO_SUCH_EXECUTOR, "/executor", "/executor " + rule).found();
  }

  private static Iterable<HttpHeader> replayed(Verdict verdict) {
    return verdict == Verdict.EXISTING
        ? List.of(RawHeader.create("Idempotency-Replayed", "true"))
        : List.of();
  }

  private static String path(FetchView fetch) {
    return "/v1/origins/" + fetch.originId() + "/fetches/" + fetch.id();
  }

  private CompletionStage<HttpResponse> read(String originId, String fetchId, HttpRequest request) {
    Ids.inPath("origin", originId);
    Ids.inPath("fetch", fetchId);
    var wait = Prefer.wait(headers(request, "Prefer"), settings.maxWait());
    return origins
        .read(originId, fetchId)
        .thenCompose(
            answer ->
                answer.fetch().isEmpty()
                    ? CompletableFuture.failedFuture(noSuchFetch(originId, fetchId))
                    : waited(originId, answer, wait))
        .thenApply(fetch -> response(fetch, wait, 200));
  }

  /** The fetch, after it has settled or the wait is over. */
  private CompletionStage<FetchView> waited(
      String originId, Origins.Answer answer, Optional<Duration> wait) {
    var fetch = answer.fetch().orElseThrow();
    if (wait.isEmpty() || fetch.settledAt().isPresent()) {
      return CompletableFuture.completedFuture(fetch);
    }
    return intake
        .whileOpen(origins.await(originId, fetch.id(), wait.get()))
        .thenApply(settled -> settled.fetch().orElse(fetch));
  }

  private CompletionStage<HttpResponse> cancel(String originId, String fetchId) {
    Ids.inPath("origin", originId);
    Ids.inPath("fetch", fetchId);
    checkStorage();
    return storage
        .whileThere(origins.cancel(originId, fetchId))
        .thenApply(
            answer ->
                switch (answer.verdict()) {
                  case NO_SUCH_FETCH -> throw noSuchFetch(originId, fetchId);
                  case SETTLED_OTHERWISE ->
                      throw Problem.of(
                              ProblemType.CONFLICT,
                              "Fetch "
                                  + fetchId
                                  + " of origin "
                                  + originId
                                  + " had settled before; read it to see how.")
                          .found();
                  default -> response(answer.fetch().orElseThrow(), Optional.empty(), 200);
                });
  }

  private CompletionStage<HttpResponse> list(
      String originId, Optional<String> state, Optional<String> limit, Optional<String> cursor) {
    Ids.inPath("origin", originId);
    var query = ListQuery.of(state, limit, cursor);
    return origins
        .list(originId, query.settled(), query.after(), query.limit())
        .thenApply(
            page -> {
              var json = JsonNodeFactory.instance.objectNode();
              var items = json.putArray("items");
              page.items().forEach(item -> items.add(FetchWriter.summary(item)));
              page.next().ifPresent(next -> json.put("nextCursor", query.cursorAfter(next)));
              return json(json, 200);
            });
  }

  private static Problem.Found noSuchFetch(String originId, String fetchId) {
    return Problem.of(
            ProblemType.NOT_FOUND, "Origin " + originId + " has no fetch " + fetchId + ".")
        .found();
  }

  private HttpResponse response(FetchView fetch, Optional<Duration> wait, int status) {
    return applied(answers.fetch(fetch, status).orElseThrow(FetchAnswers::refusal), wait);
  }

  private static HttpResponse applied(HttpResponse response, Optional<Duration> wait) {
    return wait.map(
            w ->
                response.addHeader(RawHeader.create("Preference-Applied", "wait=" + w.toSeconds())))
        .orElse(response);
  }

  static HttpResponse json(JsonNode json, int status) {
    return HttpResponse.create()
        .withStatus(StatusCodes.get(status))
        .withEntity(
            HttpEntities.create(
                ContentTypes.APPLICATION_JSON,
                Utf8.bytes("an answer", Utf8.repaired(json.toString()))));
  }

  /** The values of each header line of that name. */
  static List<String> headers(HttpRequest request, String name) {
    return StreamSupport.stream(request.getHeaders().spliterator(), false)
        .filter(header -> header.lowercaseName().equals(name.toLowerCase(Locale.ROOT)))
        .map(HttpHeader::value)
        .toList();
  }

  private Route answered(CompletionStage<HttpResponse> response) {
    return completeWithFuture(response);
  }
}
