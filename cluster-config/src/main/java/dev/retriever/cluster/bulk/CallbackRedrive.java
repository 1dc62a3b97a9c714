package dev.retriever.cluster.bulk;

import dev.retriever.cluster.api.Redrives;
import dev.retriever.cluster.search.FetchWalk;
import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.executor.Tenant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Makes a dead callback again, under the same {@code webhook-id}. The new fetch has the id that
 * {@link RedriveAction} gives too, so that a job makes it once.
 */
public final class CallbackRedrive implements BulkAction {
  private static final String TYPE = Tenant.ORIGIN_TYPE + "|";

  private final Redrives redrives;

  public CallbackRedrive(Redrives redrives) {
    this.redrives = redrives;
  }

  @Override
  public String name() {
    return RedriveAction.NAME;
  }

  @Override
  public boolean isForSettled() {
    return true;
  }

  @Override
  public boolean changesWhatIsFound() {
    return true;
  }

  @Override
  public CompletionStage<Result> on(TenantOrigins<?> origins, FetchWalk.Item fetch, long job) {
    if (!fetch.persistenceId().startsWith(TYPE)) {
      return CompletableFuture.completedFuture(Result.refused("other-origin-type"));
    }
    return RedriveAction.newId(fetch.fetchId(), job)
        .map(newId -> redrives.callbackRemade(origins, fetch.originId(), fetch.fetchId(), newId))
        .map(remade -> remade.thenApply(RedriveAction::result))
        .orElseGet(RedriveAction::tooLong);
  }
}
