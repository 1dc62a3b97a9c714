package dev.retriever.cluster.security;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import java.util.Optional;

/**
 * What a route asks of its callers. Immutable.
 *
 * @param anonymous whether no credential is needed
 * @param role the role that the caller must have; empty if any credential will do
 * @param defaultTenantOnly whether callers of other tenants are refused
 */
public record Need(boolean anonymous, Optional<Role> role, boolean defaultTenantOnly) {
  static final Need NOTHING = new Need(true, Optional.empty(), false);
  static final Need ANY_CREDENTIAL = new Need(false, Optional.empty(), false);

  static Need role(Role role) {
    return new Need(false, Optional.of(role), false);
  }

  /** For routes that show or change what belongs to the whole node, or to library users. */
  Need ofDefaultTenant() {
    return new Need(anonymous, role, true);
  }

  boolean isMetBy(Caller caller) {
    return role.map(caller::has).orElse(true)
        && (!defaultTenantOnly || caller.tenant().isDefault());
  }

  /** Why the caller is refused; empty if the need is met. */
  public Optional<Problem> refusal(Caller caller) {
    if (isMetBy(caller)) {
      return Optional.empty();
    }
    return Optional.of(
        role.filter(it -> !caller.has(it))
            .map(
                it ->
                    Problem.of(
                        ProblemType.FORBIDDEN,
                        "This takes the role "
                            + it.key()
                            + ", and the credential does not have it. Ask for one that has."))
            .orElseGet(
                () ->
                    Problem.of(
                        ProblemType.FORBIDDEN,
                        "This is for credentials of the default tenant alone.")));
  }

  /** As the contract writes it: {@code none}, {@code any}, or the role. */
  public String key() {
    return anonymous ? "none" : role.map(Role::key).orElse("any");
  }

  /** Whether it is an act of operators, which the audit records. */
  public boolean isAudited() {
    return role.filter(it -> it == Role.OPERATE || it == Role.ADMIN).isPresent();
  }
}
