package dev.retriever.cluster.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemHandlers;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.memory.Admission;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.origin.FetchBatch;
import dev.retriever.origin.Origins;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;

/**
 * Takes fetches of many origins in one request. Each stands for itself, and has its own result: an
 * origin is written alone, so there is no write of all of them.
 */
final class ManyOrigins {
  /** After these it is not known whether a fetch was accepted. */
  private static final Set<ProblemType> UNKNOWN =
      EnumSet.of(ProblemType.STORAGE_UNAVAILABLE, ProblemType.INTERNAL);

  private final CallerOrigins callers;
  private final Batches batches;
  private final Submissions submissions;
  private final Admission admission;

  ManyOrigins(
      ActorSystem<?> system, CallerOrigins callers, Batches batches, Submissions submissions) {
    this.callers = callers;
    this.batches = batches;
    this.submissions = submissions;
    this.admission = new Admission(MemoryBudget.get(system));
  }

  CompletionStage<HttpResponse> submit(HttpRequest request) {
    var origins = callers.of(request);
    return batches.read(
        origins,
        request,
        true,
        (items, memory) -> {
          checkTogether(items);
          // Each takes its own: those of all and those of each would be counted together.
          memory.close();
          return all(origins, items).thenApply(results -> answered(results));
        });
  }

  private static void checkTogether(List<BatchReader.Item> items) {
    var ids = new HashSet<List<String>>();
    var bytes = 0L;
    for (var place = 0; place < items.size(); place++) {
      var item = items.get(place);
      if (!ids.add(List.of(item.originId().orElseThrow(), item.entry().fetchId()))) {
        throw JsonFields.invalid(
            BatchReader.at(place) + "/id", "must not be given twice for an origin in a batch");
      }
      bytes += FetchBatch.bytes(item.entry().spec().request());
    }
    if (bytes > FetchBatch.MOST_BYTES) {
      throw JsonFields.invalid("/fetches", "must be at most 4 MiB together");
    }
  }

  private CompletionStage<List<ObjectNode>> all(
      TenantOrigins<?> origins, List<BatchReader.Item> items) {
    CompletionStage<List<ObjectNode>> all = CompletableFuture.completedFuture(new ArrayList<>());
    for (var item : items) {
      all =
          all.thenCombine(
              result(origins, item),
              (before, result) -> {
                before.add(result);
                return before;
              });
    }
    return all;
  }

  private CompletionStage<ObjectNode> result(TenantOrigins<?> origins, BatchReader.Item item) {
    var originId = item.originId().orElseThrow();
    var fetch = new Submissions.Checked(item.entry().fetchId(), item.entry().spec());
    CompletionStage<Origins.Answer> recorded;
    try {
      recorded = recorded(origins, originId, fetch);
    } catch (RuntimeException e) {
      recorded = CompletableFuture.failedFuture(e);
    }
    return recorded
        .thenApply(answer -> done(origins, originId, fetch, answer))
        .exceptionally(failure -> failed(originId, fetch, ProblemHandlers.problem(failure)));
  }

  private CompletionStage<Origins.Answer> recorded(
      TenantOrigins<?> origins, String originId, Submissions.Checked fetch) {
    origins.checkAllowed(originId);
    submissions.check(fetch, origins.caller().tenant());
    var size = FetchBatch.bytes(fetch.spec().request());
    var memory = admission.admitted(OptionalLong.of(size)).orElseThrow(Admission::refusal);
    return submissions.recorded(origins, originId, fetch, memory);
  }

  private ObjectNode done(
      TenantOrigins<?> origins, String originId, Submissions.Checked fetch, Origins.Answer answer) {
    return submissions
        .whyNot(answer.verdict(), origins, originId, fetch)
        .map(found -> failed(originId, fetch, found.problem()))
        .orElseGet(() -> Batches.item(fetch.id(), answer.verdict()).put("originId", originId));
  }

  private static ObjectNode failed(String originId, Submissions.Checked fetch, Problem problem) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("originId", originId).put("id", fetch.id());
    json.put("result", UNKNOWN.contains(problem.type()) ? "unknown" : "refused");
    json.set("problem", problem.json());
    return json;
  }

  private static HttpResponse answered(List<ObjectNode> results) {
    var json = JsonNodeFactory.instance.objectNode();
    var items = json.putArray("items");
    results.forEach(items::add);
    return JsonResponse.of(json, 200);
  }
}
