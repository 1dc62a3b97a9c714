package dev.retriever.cluster.api;

import dev.retriever.cluster.http.Ids;
import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.JsonRequest;
import dev.retriever.cluster.http.Prefer;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.http.RequestHeaders;
import dev.retriever.cluster.memory.Admission;
import dev.retriever.cluster.memory.UploadedBody;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.storage.StorageWatch;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.cluster.tenants.quota.Quotas;
import dev.retriever.executor.Tenant;
import dev.retriever.executor.memory.ByteGrant;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.Origins;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.queue.QueueOperations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/** Takes submissions: admits, reads, checks and records them, and answers. */
public final class Submissions {
  private static final Duration MAX_UPLOAD = Duration.ofSeconds(30);

  private final ActorSystem<?> system;
  private final CallerOrigins callers;
  private final SubmissionRules rules;
  private final Limits limits;
  private final StorageWatch storage;
  private final WaitedFetches waiting;
  private final FetchAnswers answers;
  private final Admission admission;
  private final UploadedBody.Limits uploads;
  private final Congestion congestion;
  private final FetchReader reader;
  private final QueueOperations queues;

  /**
   * Limits for submissions.
   *
   * @param maxRequestBody of the fetch, in bytes
   * @param maxWait longest wait of a caller for the outcome
   * @param overloadedAfter when recording takes this long, further submissions are refused
   * @param quotas of tenants
   */
  public record Limits(
      long maxRequestBody, Duration maxWait, Duration overloadedAfter, Quotas quotas) {}

  Submissions(
      ActorSystem<?> system,
      CallerOrigins callers,
      SubmissionRules rules,
      Limits limits,
      StorageWatch storage,
      WaitedFetches waiting,
      FetchAnswers answers,
      QueueOperations queues) {
    this.system = system;
    this.callers = callers;
    this.rules = rules;
    this.limits = limits;
    this.storage = storage;
    this.waiting = waiting;
    this.answers = answers;
    this.queues = queues;
    this.admission = new Admission(MemoryBudget.get(system));
    // In base64 or with JSON escapes, a body is longer than its bytes.
    this.uploads = new UploadedBody.Limits(2 * limits.maxRequestBody() + 64 * 1024, MAX_UPLOAD);
    this.congestion = new Congestion(limits.overloadedAfter(), System::nanoTime);
    this.reader = new FetchReader((int) limits.maxRequestBody());
  }

  /**
   * Records the submission, and answers with the fetch, after the wait that the caller asked for.
   */
  CompletionStage<HttpResponse> submit(String originId, HttpRequest request) {
    Ids.inPath("origin", originId);
    JsonRequest.checkContent(request);
    var key = Ids.fromHeaders(RequestHeaders.named(request, "Idempotency-Key"));
    var hops = Hops.of(request);
    var trace = TraceHeaders.of(request);
    var wait = Prefer.wait(RequestHeaders.named(request, "Prefer"), limits.maxWait());
    var length = request.entity().getContentLengthOption();
    var origins = callers.of(request);
    origins.checkAllowed(originId);
    var refusal =
        limits
            .quotas()
            .refusal(origins.caller().tenant(), length)
            .map(Problem::found)
            .or(() -> origins.refusal(originId, length.orElse(0)).map(it -> refused(it, originId)));
    var memory = refusal.isPresent() ? Optional.<ByteGrant>empty() : admission.admitted(length);
    if (memory.isEmpty()) {
      return passedOver(request, refusal.orElseGet(Admission::refusal));
    }
    return read(request, memory.get())
        .thenApply(submission -> checked(submission, key, hops, origins.caller().tenant()))
        .thenApply(checked -> checked.in(trace))
        .whenComplete((checked, failure) -> closeIf(failure != null, memory.get()))
        .thenCompose(
            checked ->
                recorded(origins, originId, checked, memory.get())
                    .thenCompose(answer -> submitted(origins, originId, checked, answer, wait)));
  }

  /** A submission that passed all checks, and its id. */
  record Checked(String id, FetchSpec spec) {
    private Checked in(TraceHeaders trace) {
      return new Checked(id, trace.on(spec));
    }
  }

  private Checked checked(
      FetchReader.Submission submission, Optional<String> key, Hops hops, Tenant tenant) {
    rules.check(submission.spec(), tenant);
    storage.checkThere();
    return new Checked(fetchId(submission.id(), key), hops.on(submission.spec()));
  }

  /**
   * @throws Problem.Found if it may not be sent, or not for that tenant
   */
  void check(Checked fetch, Tenant tenant) {
    rules.check(fetch.spec(), tenant);
  }

  private static void closeIf(boolean isOver, ByteGrant memory) {
    if (isOver) {
      memory.close();
    }
  }

  /**
   * A client that sends {@code Expect} is refused before it sends its body. Otherwise the body is
   * read and forgotten, so that the client sees the answer.
   */
  private CompletionStage<HttpResponse> passedOver(HttpRequest request, Problem.Found why) {
    return request.getHeader("Expect").isPresent()
        ? CompletableFuture.failedFuture(why)
        : UploadedBody.refused(request.entity(), uploads, why, system)
            .thenApply(none -> HttpResponse.create());
  }

  /** How long recording takes, for all that record. */
  Congestion congestion() {
    return congestion;
  }

  CompletionStage<Origins.Answer> recorded(
      TenantOrigins<?> origins, String originId, Checked checked, ByteGrant memory) {
    var begun = new AtomicBoolean();
    return limits
        .quotas()
        .recorded(
            origins.caller().tenant(),
            () -> origins.read(originId, checked.id()),
            () -> {
              begun.set(true);
              return submitted(origins, originId, checked, memory);
            })
        .whenComplete((answer, failure) -> closeIf(!begun.get(), memory));
  }

  private CompletionStage<Origins.Answer> submitted(
      TenantOrigins<?> origins, String originId, Checked checked, ByteGrant memory) {
    var begun = congestion.begun();
    if (begun.isEmpty()) {
      memory.close();
      throw congested();
    }
    return storage
        .whileThere(origins.submit(originId, checked.id(), checked.spec(), memory))
        .whenComplete(
            (answer, failure) ->
                congestion.ended(
                    begun.getAsLong(), failure == null && answer.verdict() != Verdict.BUSY));
  }

  static Problem.Found congested() {
    return Problem.of(
            ProblemType.OVERLOADED,
            "More is submitted than can be recorded. Nothing was changed; repeat it later, with"
                + " the same id.")
        .found();
  }

  private CompletionStage<FetchReader.Submission> read(HttpRequest request, ByteGrant memory) {
    try {
      return UploadedBody.of(request.entity(), uploads, memory, system).thenApply(reader::read);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static String fetchId(Optional<String> inBody, Optional<String> inHeader) {
    if (inBody.isPresent() && inHeader.isPresent() && !inBody.equals(inHeader)) {
      throw JsonFields.invalid("/id", "differs from the Idempotency-Key header; send one of them");
    }
    return inBody.or(() -> inHeader).orElseGet(Ids::fresh);
  }

  private CompletionStage<HttpResponse> submitted(
      TenantOrigins<?> origins,
      String originId,
      Checked checked,
      Origins.Answer answer,
      Optional<Duration> wait) {
    whyNot(answer.verdict(), origins, originId, checked)
        .ifPresent(
            found -> {
              throw found;
            });
    return answered(origins, originId, answer, wait);
  }

  /** Answers with a fetch that is accepted, or was before. */
  CompletionStage<HttpResponse> answered(
      TenantOrigins<?> origins, String originId, Origins.Answer answer, Optional<Duration> wait) {
    return waiting
        .waited(origins, originId, answer, wait)
        .thenApply(
            fetch ->
                (origins.caller().has(Role.READ)
                        ? accepted(answer, fetch, wait)
                        : FetchAnswers.receipt(
                            fetch, wait, fetch.settledAt().isPresent() ? 200 : 202))
                    .addHeader(RawHeader.create("Location", path(fetch)))
                    .addHeaders(replayed(answer.verdict())));
  }

  /** Why a submission is refused; empty when it is accepted, or was before. */
  Optional<Problem.Found> whyNot(
      Verdict verdict, TenantOrigins<?> origins, String originId, Checked checked) {
    return switch (verdict) {
      case ID_REUSED -> {
        var detail =
            "Fetch "
                + checked.id()
                + " of origin "
                + originId
                + " was accepted with other content. Submit this one under another id.";
        yield Optional.of(Problem.of(ProblemType.IDEMPOTENCY_KEY_REUSED, "/id", detail).found());
      }
      case ERASED -> Optional.of(BodyErasures.erased(originId, checked.id()));
      case NO_SUCH_EXECUTOR -> Optional.of(rules.noSuchExecutor(origins.caller().tenant()));
      case TOO_MANY_PENDING, BUSY -> Optional.of(refused(verdict, originId));
      case NOT_BEFORE_OUT_OF_RANGE -> Optional.of(FetchTimes.outOfRange());
      case NO_SUCH_QUEUE -> Optional.of(RefusedByQueue.noSuch(queue(checked)));
      case NO_SUCH_CALLBACK ->
          Optional.of(
              SubmissionRules.noSuchCallback(checked.spec().callback().orElseThrow().endpoint()));
      case QUEUE_DRAINING -> Optional.of(RefusedByQueue.draining(queue(checked)));
      case QUEUE_FULL ->
          Optional.of(
              RefusedByQueue.full(
                  queue(checked), queues.retryAfterSeconds(queue(checked)).orElse(1)));
      case TOO_MANY_KEYS -> Optional.of(RefusedByQueue.tooManyKeys(queue(checked), originId));
      default -> Optional.empty();
    };
  }

  private static String queue(Checked checked) {
    return checked.spec().queue().orElseThrow().name();
  }

  /**
   * If there is no memory for the outcome, the answer is the one for a fetch that did not settle
   * within the wait.
   */
  private HttpResponse accepted(Origins.Answer answer, FetchView fetch, Optional<Duration> wait) {
    var before = answer.fetch().orElseThrow();
    if (fetch.settledAt().isEmpty() || before.settledAt().isPresent()) {
      return answers.waited(fetch, wait, fetch.settledAt().isPresent() ? 200 : 202);
    }
    return answers
        .fetch(fetch, 200)
        .map(response -> Prefer.applied(response, wait))
        .orElseGet(() -> answers.waited(before, wait, 202));
  }

  private static Problem.Found refused(Verdict verdict, String originId) {
    return verdict == Verdict.TOO_MANY_PENDING
        ? Problem.of(
                ProblemType.TOO_MANY_PENDING,
                "Origin "
                    + originId
                    + " has as many fetches pending as it may, or holds as much of the node's"
                    + " memory as it may. Wait for some to settle.")
            .found()
        : Problem.of(
                ProblemType.OVERLOADED,
                "Too much is on its way to the node of origin "
                    + originId
                    + ", or held there. Nothing was changed; repeat it, with the same id.")
            .found();
  }

  private static Iterable<HttpHeader> replayed(Verdict verdict) {
    return verdict == Verdict.EXISTING
        ? List.of(RawHeader.create("Idempotency-Replayed", "true"))
        : List.of();
  }

  private static String path(FetchView fetch) {
    return "/v1/origins/" + fetch.originId() + "/fetches/" + fetch.id();
  }
}
