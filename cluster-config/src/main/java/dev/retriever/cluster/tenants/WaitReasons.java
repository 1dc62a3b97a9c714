package dev.retriever.cluster.tenants;

import dev.retriever.executor.Tenant;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.FetchWaiting;
import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.QueueView.Explanation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Why fetches wait, as their queues tell it. Thread-safe. */
public final class WaitReasons {
  /** A queue that does not answer for so long is left out: the fetch is shown without a reason. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final QueueOperations queues;

  /** As those queues tell them. */
  public WaitReasons(QueueOperations queues) {
    this.queues = queues;
  }

  /**
   * Why the fetch waits that the caller has read. Empty if it waits in no queue, or the queue does
   * not say. Never fails.
   */
  public CompletionStage<Optional<Explanation>> of(TenantOrigins<?> origins, FetchView fetch) {
    var originId = origins.caller().tenant().innerId(fetch.originId());
    return fetch
        .waiting()
        .map(waiting -> soon(explained(originId, waiting)))
        .orElseGet(() -> CompletableFuture.completedStage(Optional.empty()));
  }

  private CompletionStage<Optional<Explanation>> explained(String originId, FetchWaiting waiting) {
    return queues.explain(
        waiting.queue(), Tenant.ORIGIN_TYPE, originId, waiting.key(), waiting.priority());
  }

  private static CompletionStage<Optional<Explanation>> soon(
      CompletionStage<Optional<Explanation>> asked) {
    var answer = new CompletableFuture<Optional<Explanation>>();
    asked.whenComplete(
        (told, failure) -> answer.complete(failure == null ? told : Optional.empty()));
    return answer.completeOnTimeout(Optional.empty(), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
