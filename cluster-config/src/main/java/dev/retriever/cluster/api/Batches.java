package dev.retriever.cluster.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.http.Ids;
import dev.retriever.cluster.http.JsonRequest;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.memory.Admission;
import dev.retriever.cluster.memory.UploadedBody;
import dev.retriever.cluster.storage.StorageWatch;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.executor.memory.ByteGrant;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.origin.FetchBatch;
import dev.retriever.origin.Verdict;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/** Takes the fetches of one origin in one write: all of them, or none. */
final class Batches {
  /** In base64 or with JSON escapes, a body is longer than its bytes. */
  private static final UploadedBody.Limits UPLOADS =
      new UploadedBody.Limits(
          2 * FetchBatch.MOST_BYTES + FetchBatch.MOST * 2048L, Duration.ofSeconds(30));

  private final ActorSystem<?> system;
  private final CallerOrigins callers;
  private final SubmissionRules rules;
  private final Submissions submissions;
  private final Submissions.Limits limits;
  private final StorageWatch storage;
  private final Admission admission;
  private final BatchReader reader;

  /** Origins with a batch under way on this node. */
  private final Set<Object> underWay = ConcurrentHashMap.newKeySet();

  Batches(
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
    this.reader = new BatchReader(new FetchReader((int) limits.maxRequestBody()));
  }

  CompletionStage<HttpResponse> submit(String originId, HttpRequest request) {
    Ids.inPath("origin", originId);
    var origins = callers.of(request);
    origins.checkAllowed(originId);
    return read(
        origins,
        request,
        false,
        (items, memory) -> {
          var batch = BatchReader.batch(items.stream().map(BatchReader.Item::entry).toList());
          for (var place = 0; place < items.size(); place++) {
            check(origins, batch.entries().get(place), place);
          }
          return alone(origins, originId, batch, memory);
        });
  }

  /** What is done with the fetches that were read. It closes the memory, if it does not throw. */
  interface Read {
    CompletionStage<HttpResponse> then(List<BatchReader.Item> items, ByteGrant memory);
  }

  /** Admits and reads a batch, as a single submission is. */
  CompletionStage<HttpResponse> read(
      TenantOrigins<?> origins, HttpRequest request, boolean namesOrigins, Read read) {
    JsonRequest.checkContent(request);
    var hops = Hops.of(request);
    var trace = TraceHeaders.of(request);
    var length = request.entity().getContentLengthOption();
    var refusal = limits.quotas().refusal(origins.caller().tenant(), length).map(Problem::found);
    var memory = refusal.isPresent() ? Optional.<ByteGrant>empty() : admission.admitted(length);
    if (memory.isEmpty()) {
      return UploadedBody.refused(
              request.entity(), UPLOADS, refusal.orElseGet(Admission::refusal), system)
          .thenApply(none -> HttpResponse.create());
    }
    return uploaded(request, memory.get())
        .thenApply(body -> reader.read(body, namesOrigins))
        .thenApply(items -> items.stream().map(item -> item.after(hops, trace)).toList())
        .whenComplete((items, failure) -> closeIf(failure != null, memory.get()))
        .thenCompose(items -> then(read, items, memory.get()));
  }

  /** A body that is too long by its length is refused at once. */
  private CompletionStage<InputStream> uploaded(HttpRequest request, ByteGrant memory) {
    try {
      return UploadedBody.of(request.entity(), UPLOADS, memory, system);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletionStage<HttpResponse> then(
      Read read, List<BatchReader.Item> items, ByteGrant memory) {
    try {
      storage.checkThere();
      return read.then(items, memory);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  private static void closeIf(boolean condition, ByteGrant memory) {
    if (condition) {
      memory.close();
    }
  }

  void check(TenantOrigins<?> origins, FetchBatch.Entry entry, int place) {
    try {
      rules.check(entry.spec(), origins.caller().tenant());
    } catch (Problem.Found e) {
      throw e.problem().under(BatchReader.at(place)).found();
    }
  }

  /** A batch is large: one of an origin at a time. */
  private CompletionStage<HttpResponse> alone(
      TenantOrigins<?> origins, String originId, FetchBatch batch, ByteGrant memory) {
    var origin = origins.cacheKey(originId);
    if (!underWay.add(origin)) {
      throw Problem.of(
              ProblemType.OVERLOADED,
              "Another batch of origin "
                  + originId
                  + " is under way on this node. Nothing was changed; repeat it when that one is"
                  + " answered.")
          .found();
    }
    var recording = new Recording(origins, originId, batch, memory);
    try {
      return recorded(recording)
          .whenComplete((verdicts, failure) -> recording.endUnlessBegun())
          .thenApply(verdicts -> answered(origins, originId, batch, verdicts));
    } catch (RuntimeException e) {
      recording.endUnlessBegun();
      throw e;
    }
  }

  /**
   * A batch on its way to its origin. Its caller may hear before the origin does that the database
   * went away; the batch is under way until the origin has answered, or has not for long.
   */
  private final class Recording {
    private final TenantOrigins<?> origins;
    private final String originId;
    private final FetchBatch batch;
    private final ByteGrant memory;
    private volatile boolean begun;

    Recording(TenantOrigins<?> origins, String originId, FetchBatch batch, ByteGrant memory) {
      this.origins = origins;
      this.originId = originId;
      this.batch = batch;
      this.memory = memory;
    }

    CompletionStage<List<Verdict>> begin() {
      begun = true;
      try {
        return origins
            .submitAll(originId, batch, memory)
            .whenComplete((verdicts, failure) -> end());
      } catch (RuntimeException e) {
        end();
        throw e;
      }
    }

    void endUnlessBegun() {
      if (!begun) {
        memory.close();
        end();
      }
    }

    private void end() {
      underWay.remove(origins.cacheKey(originId));
    }
  }

  private CompletionStage<List<Verdict>> recorded(Recording recording) {
    return limits
        .quotas()
        .recordedAll(
            recording.origins.caller().tenant(),
            recording.batch.entries().size(),
            () -> {
              var begun = submissions.congestion().begun();
              if (begun.isEmpty()) {
                throw Submissions.congested();
              }
              return storage
                  .whileThere(recording.begin())
                  .whenComplete(
                      (verdicts, failure) ->
                          submissions.congestion().ended(begun.getAsLong(), failure == null));
            });
  }

  private HttpResponse answered(
      TenantOrigins<?> origins, String originId, FetchBatch batch, List<Verdict> verdicts) {
    for (var place = 0; place < verdicts.size(); place++) {
      var entry = batch.entries().get(place);
      var fetch = new Submissions.Checked(entry.fetchId(), entry.spec());
      var where = BatchReader.at(place);
      submissions
          .whyNot(verdicts.get(place), origins, originId, fetch)
          .ifPresent(
              found -> {
                throw found.problem().under(where).found();
              });
    }
    var json = JsonNodeFactory.instance.objectNode().put("originId", originId);
    var items = json.putArray("items");
    for (var place = 0; place < verdicts.size(); place++) {
      items.add(item(batch.entries().get(place).fetchId(), verdicts.get(place)));
    }
    return JsonResponse.of(json, verdicts.contains(Verdict.ACCEPTED) ? 202 : 200);
  }

  static ObjectNode item(String id, Verdict verdict) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("result", verdict.name().toLowerCase(Locale.ROOT));
  }
}
