package dev.retriever.cluster.security;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a route asks of its callers. Immutable.
 *
 * @param anonymous whether no credential is needed
 * @param roles the roles of which the caller must have one; none if any credential will do
 * @param defaultTenantOnly whether callers of other tenants are refused
 */
public record Need(boolean anonymous, Set<Role> roles, boolean defaultTenantOnly) {
  /** In the order of the constants. */
  public Need {
    roles = Collections.unmodifiableSet(roles.isEmpty() ? Set.of() : EnumSet.copyOf(roles));
  }

  static final Need NOTHING = new Need(true, Set.of(), false);
  static final Need ANY_CREDENTIAL = new Need(false, Set.of(), false);

  static Need role(Role role) {
    return anyOf(role);
  }

  /** One of these roles suffices. */
  static Need anyOf(Role... roles) {
    return new Need(false, EnumSet.copyOf(List.of(roles)), false);
  }

  /** For routes that show or change what belongs to the whole node, or to library users. */
  Need ofDefaultTenant() {
    return new Need(anonymous, roles, true);
  }

  boolean isMetBy(Caller caller) {
    return hasRole(caller) && (!defaultTenantOnly || caller.tenant().isDefault());
  }

  private boolean hasRole(Caller caller) {
    return roles.isEmpty() || roles.stream().anyMatch(caller::has);
  }

  /** Why the caller is refused; empty if the need is met. */
  public Optional<Problem> refusal(Caller caller) {
    if (isMetBy(caller)) {
      return Optional.empty();
    }
    return Optional.of(
        Problem.of(
            ProblemType.FORBIDDEN,
            hasRole(caller)
                ? "This is for credentials of the default tenant alone."
                : "This takes the role "
                    + names(" or ")
                    + ", and the credential does not have it. Ask for one that has."));
  }

  private String names(String between) {
    return roles.stream().map(Role::key).collect(Collectors.joining(between));
  }

  /** As the contract writes it: {@code none}, {@code any}, or the roles with {@code |}. */
  public String key() {
    return anonymous ? "none" : roles.isEmpty() ? "any" : names("|");
  }

  /** Whether it is an act of operators, which the audit records. */
  public boolean isAudited() {
    return roles.contains(Role.OPERATE) || roles.contains(Role.ADMIN);
  }
}
