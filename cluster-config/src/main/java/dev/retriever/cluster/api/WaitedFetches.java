package dev.retriever.cluster.api;

import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.Origins;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Fetches for which callers wait with {@code Prefer: wait}.
 *
 * @param intake answers waiting callers when it closes
 */
record WaitedFetches(Intake intake) {
  /** The fetch when it has settled, or when the wait is over. */
  CompletionStage<FetchView> waited(
      TenantOrigins<?> origins, String originId, Origins.Answer answer, Optional<Duration> wait) {
    var fetch = answer.fetch().orElseThrow();
    if (wait.isEmpty() || fetch.settledAt().isPresent()) {
      return CompletableFuture.completedFuture(fetch);
    }
    return intake
        .whileOpen(origins.await(originId, fetch.id(), wait.get()))
        .thenApply(settled -> settled.fetch().orElse(fetch));
  }
}
