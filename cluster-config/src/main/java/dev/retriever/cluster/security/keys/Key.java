package dev.retriever.cluster.security.keys;

import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of a key: how to recognize it, and what it allows. It holds no secret. Immutable.
 *
 * @param id 12 of {@code a-z 2-7}
 * @param roles at least one
 * @param expires the first moment at which it is not accepted; empty for never
 */
public record Key(
    String id,
    KeyHash hash,
    Tenant tenant,
    Set<Role> roles,
    OriginPattern origins,
    Optional<Instant> expires) {
  /**
   * @throws IllegalArgumentException naming the component that is wrong
   */
  public Key {
    ApiKey.checkId(id);
    roles = Set.copyOf(roles);
    if (roles.isEmpty()) {
      throw new IllegalArgumentException("roles must name at least one of " + Role.keys());
    }
  }

  boolean isExpired(Instant now) {
    return expires.filter(end -> !now.isBefore(end)).isPresent();
  }

  Caller caller() {
    return new Caller(Caller.Method.KEY, id, tenant, roles, origins);
  }
}
