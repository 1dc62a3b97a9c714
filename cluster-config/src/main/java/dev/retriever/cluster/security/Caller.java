package dev.retriever.cluster.security;

import dev.retriever.executor.Tenant;
import java.util.Set;

/**
 * The caller of a request, as its credential has proven. It holds no secret, so it may be logged.
 * Immutable.
 *
 * @param name the caller in logs and audit: the id of a key, the subject of a token or certificate;
 *     at most 256 printable characters
 */
public record Caller(
    Method method, String name, Tenant tenant, Set<Role> roles, OriginPattern origins) {
  /** How a caller has proven who it is. */
  public enum Method {
    /** Not at all: the node has no authentication. */
    OPEN,
    KEY,
    TOKEN,
    CERTIFICATE
  }

  /** On a node without authentication: everything is allowed, in the default tenant. */
  public static final Caller OPEN =
      new Caller(Method.OPEN, "open", Tenant.DEFAULT, Role.ALL, OriginPattern.ANY);

  public Caller {
    name = CallerText.shown(name);
    roles = Set.copyOf(roles);
  }

  public boolean has(Role role) {
    return roles.contains(role);
  }

  @Override
  public String toString() {
    return method.name().toLowerCase(java.util.Locale.ROOT) + ":" + name;
  }
}
