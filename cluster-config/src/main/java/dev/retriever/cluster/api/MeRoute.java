package dev.retriever.cluster.api;

import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.cluster.tenants.quota.Quotas;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/** Tells callers who they are here, and what they may do and use. */
public final class MeRoute extends AllDirectives {
  /** The pool for fetches that name none. */
  private static final String DEFAULT_POOL = "default";

  private final CallerOrigins callers;
  private final SubmissionRules rules;
  private final Quotas quotas;
  private final String version;
  private final String authentication;

  /**
   * @param version of the node
   * @param authentication whether credentials are asked for, in a word
   */
  public MeRoute(
      CallerOrigins callers,
      SubmissionRules rules,
      Quotas quotas,
      String version,
      String authentication) {
    this.version = version;
    this.authentication = authentication;
    this.callers = callers;
    this.rules = rules;
    this.quotas = quotas;
  }

  /** The caller seals this route. */
  public Route routes() {
    return path(
        segment("v1").slash("me"),
        () ->
            get(
                () ->
                    extractRequest(
                        request -> completeWithFuture(me(callers.credential(request).caller())))));
  }

  private CompletionStage<HttpResponse> me(Caller caller) {
    return quotas
        .report(caller.tenant())
        .thenApply(report -> JsonResponse.of(json(caller, report), 200));
  }

  private ObjectNode json(Caller caller, Optional<ObjectNode> report) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("caller", caller.name());
    json.put("method", caller.method().name().toLowerCase(Locale.ROOT));
    json.put("tenant", caller.tenant().name());
    var roles = json.putArray("roles");
    Role.ALL.stream().sorted().filter(caller::has).map(Role::key).forEach(roles::add);
    json.put("origins", caller.origins().text());
    json.set("limits", limits(caller));
    report.ifPresent(it -> json.set("quotas", it));
    json.putObject("node").put("version", version).put("authentication", authentication);
    return json;
  }

  /** What the tenant may use. */
  private ObjectNode limits(Caller caller) {
    var json = JsonNodeFactory.instance.objectNode();
    rules
        .tenants()
        .hosts(caller.tenant())
        .ifPresent(hosts -> hosts.forEach(json.putArray("hosts")::add));
    var pools = json.putArray("pools");
    if (rules.tenants().allowsPool(caller.tenant(), Optional.empty())) {
      pools.add(DEFAULT_POOL);
    }
    rules.tenants().pools(caller.tenant(), rules.pools().get()).forEach(pools::add);
    return json;
  }
}
