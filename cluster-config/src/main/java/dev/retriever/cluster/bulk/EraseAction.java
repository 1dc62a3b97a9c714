package dev.retriever.cluster.bulk;

import dev.retriever.cluster.search.FetchWalk;
import dev.retriever.cluster.tenants.TenantOrigins;
import dev.retriever.origin.Origins;
import java.util.concurrent.CompletionStage;

/**
 * Erases what a settled fetch sent and got. It is done when nothing of it is shown any more; its
 * origin then overwrites the rows, and tries until it has.
 */
public final class EraseAction implements BulkAction {
  @Override
  public String name() {
    return "erase";
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
    return origins
        .eraseAt(fetch.originId(), fetch.fetchId(), fetch.place())
        .thenApply(EraseAction::result);
  }

  private static Result result(Origins.Answer answer) {
    return switch (answer.verdict()) {
      case NOTED -> Result.made();
      case UNHANDLED -> Result.refused("fetch-unhandled");
      case NO_SUCH_FETCH, NOT_SETTLED -> Result.skipped();
      default -> throw new IllegalStateException("an erasure is answered with " + answer.verdict());
    };
  }
}
