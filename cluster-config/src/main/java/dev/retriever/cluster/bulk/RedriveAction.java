package dev.retriever.cluster.bulk;

import dev.retriever.cluster.api.Redrives;
import dev.retriever.cluster.search.FetchWalk;
import dev.retriever.cluster.tenants.TenantOrigins;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Makes a settled fetch again. The new one's id is made of the old one's and the job's, so that the
 * same job makes it once, however often it tries.
 */
public final class RedriveAction implements BulkAction {
  static final String NAME = "redrive";

  private static final int LONGEST_ID = 128;

  private final Redrives redrives;

  public RedriveAction(Redrives redrives) {
    this.redrives = redrives;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean isForSettled() {
    return true;
  }

  @Override
  public boolean changesWhatIsFound() {
    return false;
  }

  @Override
  public CompletionStage<Result> on(TenantOrigins<?> origins, FetchWalk.Item fetch, long job) {
    return newId(fetch.fetchId(), job)
        .map(
            newId ->
                redrives.remade(origins, fetch.originId(), fetch.fetchId(), fetch.place(), newId))
        .map(remade -> remade.thenApply(RedriveAction::result))
        .orElseGet(RedriveAction::tooLong);
  }

  /** The id of what that job makes of that fetch; empty if it is too long. */
  static Optional<String> newId(String fetchId, long job) {
    return Optional.of(fetchId + "~rb" + job).filter(it -> it.length() <= LONGEST_ID);
  }

  static CompletionStage<Result> tooLong() {
    return CompletableFuture.completedFuture(Result.refused("id-too-long"));
  }

  static Result result(Redrives.Remade remade) {
    return remade
        .refused()
        .map(Result::refused)
        .orElseGet(() -> remade.isGone() ? Result.skipped() : Result.made());
  }
}
