package dev.retriever.cluster.tenants;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.origin.AlarmView;
import dev.retriever.origin.OriginOperations;
import dev.retriever.origin.OriginView;
import dev.retriever.origin.Origins;
import dev.retriever.origin.UnhandledView;
import dev.retriever.origin.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The operators' interface to the origins of one caller, with the caller's ids and views. */
record TenantOperations(TenantOrigins<?> tenant, OriginOperations operations)
    implements OriginOperations {
  private static final Origins.Answer NO_SUCH_FETCH =
      new Origins.Answer(Verdict.NO_SUCH_FETCH, Optional.empty());

  private static OriginView nothing(String originId) {
    return new OriginView(originId, 0, 0, 0, 0, List.of(), List.of(), List.of());
  }

  @Override
  public CompletionStage<OriginView> view(String originId, int limit) {
    return tenant.ifAllowed(
        originId,
        nothing(originId),
        id -> operations.view(id, limit).thenApply(tenant.sight()::of));
  }

  @Override
  public CompletionStage<List<AlarmView>> alarms(
      String originId, AlarmFilter filter, Set<AlarmView.Kind> kinds) {
    return tenant.ifAllowed(originId, List.of(), id -> operations.alarms(id, filter, kinds));
  }

  @Override
  public CompletionStage<List<AlarmView>> trigger(String originId, int count) {
    return tenant.ifAllowed(originId, List.of(), id -> operations.trigger(id, count));
  }

  @Override
  public CompletionStage<Boolean> trigger(String originId, AlarmView shown) {
    return tenant.ifAllowed(originId, false, id -> operations.trigger(id, shown));
  }

  @Override
  public CompletionStage<Origins.Answer> redrive(String originId, String fetchId) {
    return tenant.ifAllowed(
        originId,
        NO_SUCH_FETCH,
        id -> operations.redrive(id, fetchId).thenApply(tenant.sight()::of));
  }

  @Override
  public CompletionStage<Optional<UnhandledView>> redriveUnhandled(String originId, String key) {
    return tenant.ifAllowed(originId, Optional.empty(), id -> operations.redriveUnhandled(id, key));
  }

  /** Counts are of all tenants together, so no tenant is told them. */
  @Override
  public Stats stats() {
    throw new UnsupportedOperationException("counts are of the whole node; no caller has its own");
  }
}
