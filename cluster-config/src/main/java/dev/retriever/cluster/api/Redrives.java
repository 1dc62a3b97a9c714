package dev.retriever.cluster.api;

import dev.retriever.cluster.http.Ids;
import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.JsonRequest;
import dev.retriever.cluster.http.Prefer;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.http.RequestHeaders;
import dev.retriever.cluster.memory.Admission;
import dev.retriever.cluster.storage.StorageWatch;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.executor.Body;
import dev.retriever.executor.Futures;
import dev.retriever.executor.memory.ByteGrant;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Origins;
import dev.retriever.origin.Verdict;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Makes settled fetches again, as new ones. A redrive passes the checks of a submission. */
public final class Redrives {
  /** The largest body, which names the new fetch, in bytes. */
  private static final long LARGEST_BODY = 1024;

  /** Of a longer id no other one is made: an id has 128 characters at most. */
  private static final int LONGEST_ID = 106;

  /** Bytes that are admitted before the old request is read, whose size is not known then. */
  private static final long FIRST = 16 * 1024;

  private final ActorSystem<?> system;
  private final CallerOrigins callers;
  private final SubmissionRules rules;
  private final Submissions submissions;
  private final Submissions.Limits limits;
  private final StorageWatch storage;
  private final Admission admission;

  Redrives(
      ActorSystem<?> system,
      CallerOrigins callers,
      SubmissionRules rules,
      Submissions submissions,
      Submissions.Limits limits,
      StorageWatch storage) {
    this.system = system;
    this.callers = callers;
    this.rules = rules;
    this.submissions = submissions;
    this.limits = limits;
    this.storage = storage;
    this.admission = new Admission(MemoryBudget.get(system));
  }

  CompletionStage<HttpResponse> redrive(String originId, String fetchId, HttpRequest request) {
    Ids.inPath("origin", originId);
    Ids.fetchInPath(fetchId);
    var wait = Prefer.wait(RequestHeaders.named(request, "Prefer"), limits.maxWait());
    var isEmpty = request.entity().isKnownEmpty();
    if (!isEmpty) {
      JsonRequest.checkContent(request);
    }
    storage.checkThere();
    var trace = TraceHeaders.of(request);
    var origins = callers.of(request);
    origins.checkAllowed(originId);
    limits
        .quotas()
        .refusal(origins.caller().tenant(), OptionalLong.empty())
        .ifPresent(
            problem -> {
              throw problem.found();
            });
    return JsonRequest.body(request, LARGEST_BODY, system)
        .thenApply(body -> isEmpty ? Optional.<String>empty() : id(body))
        .thenCompose(
            id -> {
              checkLength(id, fetchId);
              return made(new Old(origins, originId, fetchId), id, trace)
                  .thenCompose(answer -> submissions.answered(origins, originId, answer, wait));
            });
  }

  /**
   * What came of one that nobody waits for.
   *
   * @param isGone the fetch is forgotten, or another one has its id, or it has not settled
   * @param refused the type of the problem, if it cannot be made
   */
  public record Remade(boolean isGone, Optional<String> refused) {
    private static final Remade DONE = new Remade(false, Optional.empty());
    private static final Remade GONE = new Remade(true, Optional.empty());

    private static Remade refused(ProblemType why) {
      return new Remade(false, Optional.of(why.slug()));
    }
  }

  /**
   * Makes the fetch that was accepted in that place again, under that id. Repeating it is safe.
   *
   * @return fails if it may be possible later
   */
  public CompletionStage<Remade> remade(
      TenantOrigins<?> origins, String originId, String fetchId, long place, String newId) {
    return remade(
        origins, originId, fetchId, newId, again -> again.id().equals(fetchId + "~r" + place));
  }

  /**
   * Makes the callback of that id again, under another id. Repeating it is safe. One that was
   * dropped has no fetch, and is gone.
   *
   * @return fails if it may be possible later
   */
  public CompletionStage<Remade> callbackRemade(
      TenantOrigins<?> origins, String originId, String fetchId, String newId) {
    return remade(
        origins,
        originId,
        fetchId,
        newId,
        again -> again.spec().stream().allMatch(it -> it.delivers().isPresent()));
  }

  private CompletionStage<Remade> remade(
      TenantOrigins<?> origins,
      String originId,
      String fetchId,
      String newId,
      Predicate<Origins.Again> isIt) {
    storage.checkThere();
    var old = new Old(origins, originId, fetchId);
    return admitted(old, asked -> remade(old, isIt.test(asked.again()), newId, asked))
        .exceptionally(Redrives::finalRefusal);
  }

  private CompletionStage<Remade> remade(Old old, boolean isThatOne, String newId, Asked asked) {
    var again = asked.again();
    if (isThatOne && again.spec().isPresent()) {
      return recorded(old, newId, again.spec().get(), asked.memory())
          .thenApply(answer -> Remade.DONE);
    }
    asked.memory().close();
    return old.origins()
        .redriven(old.originId(), old.fetchId(), again, newId)
        .thenApply(
            made ->
                made.map(answer -> Remade.DONE)
                    .orElse(
                        isThatOne && again.verdict() == Verdict.REQUEST_GONE
                            ? Remade.refused(ProblemType.REQUEST_GONE)
                            : Remade.GONE));
  }

  /** What is refused for now may be possible later, and fails. */
  private static Remade finalRefusal(Throwable failure) {
    var cause = Futures.cause(failure);
    if (cause instanceof Problem.Found found
        && found.problem().status() != 429
        && found.problem().status() < 500) {
      return Remade.refused(found.problem().type());
    }
    throw new CompletionException(cause);
  }

  private static Optional<String> id(InputStream body) {
    var fields = JsonFields.of(JsonRequest.parse(body), "");
    var id = fields.text("id").map(text -> Ids.checked("/id", text));
    fields.nothingElse();
    return id;
  }

  private static void checkLength(Optional<String> id, String fetchId) {
    if (id.isEmpty() && fetchId.length() > LONGEST_ID) {
      throw JsonFields.invalid(
          "/id", "must be given: the id of the fetch is too long to make another one of it");
    }
  }

  /** The fetch that is made again. */
  private record Old(TenantOrigins<?> origins, String originId, String fetchId) {}

  /** What its origin said, and the memory for its request, which is to be closed. */
  private record Asked(Origins.Again again, ByteGrant memory) {}

  /** Reads the old request when there is memory for it. What is done then closes the memory. */
  private <T> CompletionStage<T> admitted(Old old, Function<Asked, CompletionStage<T>> then) {
    var memory = admission.admitted(OptionalLong.of(FIRST)).orElseThrow(Admission::refusal);
    return old.origins()
        .again(old.originId(), old.fetchId())
        .whenComplete(
            (again, failure) -> {
              if (failure != null) {
                memory.close();
              }
            })
        .thenCompose(again -> then.apply(new Asked(again, memory)));
  }

  /** The new fetch, now or by an earlier request. */
  private CompletionStage<Origins.Answer> made(Old old, Optional<String> id, TraceHeaders trace) {
    return admitted(
        old,
        asked -> {
          var again = asked.again();
          var newId = id.orElse(again.id());
          if (again.spec().isPresent()) {
            return recorded(old, newId, trace.on(again.spec().get()), asked.memory());
          }
          asked.memory().close();
          return old.origins()
              .redriven(old.originId(), old.fetchId(), again, newId)
              .thenApply(
                  before -> before.orElseThrow(() -> whyNot(again, old.originId(), old.fetchId())));
        });
  }

  private CompletionStage<Origins.Answer> recorded(
      Old old, String newId, FetchSpec spec, ByteGrant memory) {
    var origins = old.origins();
    try {
      Admission.whole(memory, size(spec));
      if (spec.delivers().isEmpty()) {
        // Where a callback goes is checked at each attempt.
        rules.check(spec, origins.caller().tenant());
      }
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
    var fetch = new Submissions.Checked(newId, spec);
    return submissions
        .recorded(origins, old.originId(), fetch, memory)
        .thenApply(
            answer -> {
              submissions
                  .whyNot(answer.verdict(), origins, old.originId(), fetch)
                  .ifPresent(
                      found -> {
                        throw found;
                      });
              return answer;
            });
  }

  private static long size(FetchSpec spec) {
    return spec.request().url().length() + spec.request().body().map(Body::size).orElse(0);
  }

  private static Problem.Found whyNot(Origins.Again again, String originId, String fetchId) {
    var fetch = "Fetch " + fetchId + " of origin " + originId;
    return switch (again.verdict()) {
      case NOT_SETTLED ->
          Problem.of(
                  ProblemType.FETCH_NOT_SETTLED,
                  fetch
                      + " has not settled. Wait for its outcome, or cancel it, and redrive it"
                      + " then.")
              .found();
      case ERASED -> BodyErasures.erased(originId, fetchId);
      case REQUEST_GONE ->
          Problem.of(
                  ProblemType.REQUEST_GONE,
                  fetch
                      + " settled, but the journal no longer has its request: it was accepted long"
                      + " before, or by an older version. Submit it anew, under another id.")
              .found();
      default -> FetchRoutes.noSuchFetch(originId, fetchId);
    };
  }
}
