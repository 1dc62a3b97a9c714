package dev.retriever.cluster.admin;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.security.keys.StoredKey;
import dev.retriever.executor.Tenant;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which keys a caller with the role {@code admin} may make and see. Those of the default tenant
 * that are for all origins may give anything; all others give no more than they have.
 */
final class KeyRights {
  private KeyRights() {}

  private static boolean mayAll(Caller caller) {
    return caller.tenant().isDefault() && caller.origins().equals(OriginPattern.ANY);
  }

  /** The tenant whose keys the caller sees; empty for all. */
  static Optional<Tenant> visible(Caller caller) {
    return mayAll(caller) ? Optional.empty() : Optional.of(caller.tenant());
  }

  static boolean sees(Caller caller, StoredKey key) {
    return visible(caller).filter(own -> !own.equals(key.key().tenant())).isEmpty();
  }

  /**
   * @throws Problem.Found if the key would allow what its maker is not allowed
   */
  static void check(Caller maker, KeyReader.Wanted wanted) {
    if (mayAll(maker)) {
      return;
    }
    if (!wanted.tenantFor(maker).equals(maker.tenant())) {
      throw forbidden("/tenant", "must be the tenant of the key that makes it, " + maker.tenant());
    }
    var missing =
        wanted.roles().stream()
            .filter(role -> !maker.has(role))
            .map(Role::key)
            .sorted()
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      throw forbidden("/roles", "has what the key that makes it has not: " + missing);
    }
    if (!maker.origins().covers(wanted.originsFor(maker))) {
      throw forbidden(
          "/origins", "must be within those of the key that makes it, " + maker.origins().text());
    }
  }

  private static Problem.Found forbidden(String pointer, String rule) {
    return Problem.of(ProblemType.FORBIDDEN, pointer, pointer + " " + rule).found();
  }
}
