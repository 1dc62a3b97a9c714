package dev.retriever.cluster.api;

import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.FetchWaiting;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.QueueView.Explanation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Why fetches wait, as their queues tell it. Thread-safe. */
final class WaitReasons {
  /** A queue that does not answer for so long is left out: the fetch is shown without a reason. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final QueueOperations queues;

  WaitReasons(QueueOperations queues) {
    this.queues = queues;
  }

  /** Empty if the fetch waits in no queue, or the queue does not say. Never fails. */
  CompletionStage<Optional<Explanation>> of(TenantOrigins<?> origins, FetchView fetch) {
    var originId = origins.caller().tenant().innerId(fetch.originId());
    return fetch
        .waiting()
        .map(waiting -> soon(explained(originId, waiting)))
        .orElseGet(() -> CompletableFuture.completedStage(Optional.empty()));
  }

  private CompletionStage<Optional<Explanation>> explained(String originId, FetchWaiting waiting) {
    var type = Tenant.ORIGIN_TYPE;
    var key = waiting.key().orElseGet(() -> OriginHost.persistenceId(type, originId));
    return queues.explain(waiting.queue(), type, originId, key, waiting.priority());
  }

  private static CompletionStage<Optional<Explanation>> soon(
      CompletionStage<Optional<Explanation>> asked) {
    var answer = new CompletableFuture<Optional<Explanation>>();
    asked.whenComplete(
        (told, failure) -> answer.complete(failure == null ? told : Optional.empty()));
    return answer.completeOnTimeout(Optional.empty(), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
