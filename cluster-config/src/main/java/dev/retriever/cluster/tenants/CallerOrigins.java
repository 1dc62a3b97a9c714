package dev.retriever.cluster.tenants;

import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Credential;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.OriginOperations;
import dev.retriever.origin.entity.OriginHost;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * The origins that a caller reaches, by the caller. Routes have no other way to origins, so that
 * none can forget the tenant. Thread-safe.
 */
public final class CallerOrigins {
  private final Map<String, OriginHost<?>> byType;
  private final Function<HttpRequest, Credential> credentials;

  /**
   * @param byType the origins of each type, by its name; may grow later
   * @param credentials the credential of a request; throws if it has none
   */
  public CallerOrigins(
      Map<String, OriginHost<?>> byType, Function<HttpRequest, Credential> credentials) {
    this.byType = byType;
    this.credentials = credentials;
  }

  /** The credential of that request. */
  public Credential credential(HttpRequest request) {
    return credentials.apply(request);
  }

  /** The origins behind the HTTP API of the caller that sent the request. */
  public TenantOrigins<?> of(HttpRequest request) {
    return of(credential(request).caller());
  }

  /**
   * The caller's origins behind the HTTP API.
   *
   * @throws IllegalStateException if this node has no HTTP API
   */
  public TenantOrigins<?> of(Caller caller) {
    return ofType(Tenant.ORIGIN_TYPE, caller)
        .orElseThrow(() -> new IllegalStateException("this node has no origins of the HTTP API"));
  }

  /**
   * The caller's origins of that type. Types of library users belong to the default tenant; to
   * others they do not exist.
   */
  public Optional<TenantOrigins<?>> ofType(String type, Caller caller) {
    return type.equals(Tenant.ORIGIN_TYPE) || caller.tenant().isDefault()
        ? Optional.<OriginHost<?>>ofNullable(byType.get(type))
            .map(host -> new TenantOrigins<>(host.origins(), host.schedules(), type, caller))
        : Optional.empty();
  }

  /** The types of which the caller may have origins. */
  public Set<String> types(Caller caller) {
    var types = new TreeSet<>(byType.keySet());
    types.removeIf(type -> ofType(type, caller).isEmpty());
    return types;
  }

  /** Counts of the origins behind the HTTP API on this node, of all tenants together. */
  public OriginOperations.Stats stats() {
    return byType.get(Tenant.ORIGIN_TYPE).origins().operations().stats();
  }
}
