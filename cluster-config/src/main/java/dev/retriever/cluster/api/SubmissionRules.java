package dev.retriever.cluster.api;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.tenants.Tenants;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.FetchSpec;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Whether a fetch may be submitted: what it sends, where to, and by which pool.
 *
 * @param mayBeSent throws {@link InvalidRequest} for a request that must not be sent for that
 *     tenant
 * @param pools the names of the pools that the node has
 */
public record SubmissionRules(
    BiConsumer<FetchRequest, Tenant> mayBeSent, Tenants tenants, Supplier<Set<String>> pools) {
  /**
   * @throws Problem.Found naming the field
   */
  void check(FetchSpec spec, Tenant tenant) {
    try {
      OwnCredentials.check(spec.request());
      mayBeSent.accept(spec.request(), tenant);
    } catch (InvalidRequest e) {
      throw FetchReader.invalid(e);
    }
    if (!tenants.allowsPool(tenant, spec.executor())) {
      throw noSuchExecutor(tenant);
    }
  }

  /** A pool of others reads as one that does not exist. */
  Problem.Found noSuchExecutor(Tenant tenant) {
    var names = tenants.pools(tenant, pools.get());
    var mayBeLeftOut = tenants.allowsPool(tenant, Optional.empty());
    var rule =
        names.isEmpty()
            ? "must be left out: this node has no pools of executors but the default one"
            : "must be one of the pools that this node has, "
                + names
                + (mayBeLeftOut ? ", or be left out" : "");
    return Problem.of(ProblemType.NO_SUCH_EXECUTOR, "/executor", "/executor " + rule).found();
  }
}
