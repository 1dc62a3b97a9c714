package dev.retriever.cluster.api;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.tenants.Tenants;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.callback.Endpoints;
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
 * @param endpoints which callbacks may be named
 */
public record SubmissionRules(
    BiConsumer<FetchRequest, Tenant> mayBeSent,
    Tenants tenants,
    Supplier<Set<String>> pools,
    Endpoints endpoints) {
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

  /**
   * Its origin does this for a submission; a schedule would be told at its first tick only.
   *
   * @throws Problem.Found if this node does not have its pool, or knows no such callback endpoint
   */
  void checkNames(FetchSpec spec, Tenant tenant) {
    if (!spec.isDirect() && !spec.executor().map(pools.get()::contains).orElse(true)) {
      throw noSuchExecutor(tenant);
    }
    spec.callback().map(CallbackChoice::endpoint).ifPresent(name -> checkCallback(name, tenant));
  }

  private void checkCallback(String name, Tenant tenant) {
    if (!endpoints.areKnown()) {
      throw Problem.of(
              ProblemType.OVERLOADED,
              "This node has not read the callback endpoints yet. Nothing was changed; repeat it.")
          .found();
    }
    if (endpoints.generation(tenant.name(), name).isEmpty()) {
      throw noSuchCallback(name);
    }
  }

  static Problem.Found noSuchCallback(String name) {
    return Problem.of(
            ProblemType.NO_SUCH_CALLBACK,
            "/callback",
            "/callback names "
                + name
                + ", and there is no such callback endpoint; PUT /v1/callbacks/"
                + name
                + " makes it")
        .found();
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
