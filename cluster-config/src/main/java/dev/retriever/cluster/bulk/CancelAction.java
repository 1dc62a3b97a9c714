package dev.retriever.cluster.bulk;

import dev.retriever.cluster.search.FetchWalk;
import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.origin.Verdict;
import java.util.concurrent.CompletionStage;

/** Cancels a fetch that has not settled. */
public final class CancelAction implements BulkAction {
  @Override
  public String name() {
    return "cancel";
  }

  @Override
  public boolean isForSettled() {
    return false;
  }

  @Override
  public boolean changesWhatIsFound() {
    return true;
  }

  /** One that settled otherwise meanwhile is skipped. */
  @Override
  public CompletionStage<Result> on(TenantOrigins<?> origins, FetchWalk.Item fetch, long job) {
    return origins
        .cancelAt(fetch.originId(), fetch.fetchId(), fetch.place())
        .thenApply(
            answer -> answer.verdict() == Verdict.SETTLED ? Result.made() : Result.skipped());
  }
}
