package dev.retriever.cluster.security.jwt;

import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Denied;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Takes tenant and roles from claims, or gives all tokens of an issuer the same. Immutable. */
record ClaimRules(TenantRule tenant, RolesRule roles, OriginPattern origins)
    implements CallerRules {

  /** The tenant of a token. */
  sealed interface TenantRule {
    /**
     * @throws Denied if the token names none
     */
    Tenant of(Map<String, Object> claims);

    /** The same for all tokens. */
    record Fixed(Tenant tenant) implements TenantRule {
      @Override
      public Tenant of(Map<String, Object> claims) {
        return tenant;
      }
    }

    /**
     * A claim that is a text.
     *
     * @param names the tenants by the text; empty if the text is the tenant's name. Without them no
     *     token is of the default tenant, which has rights over the whole node
     */
    record Claimed(String claim, Map<String, Tenant> names) implements TenantRule {
      public Claimed {
        names = Map.copyOf(names);
      }

      @Override
      public Tenant of(Map<String, Object> claims) {
        if (!(claims.get(claim) instanceof String text) || text.isEmpty()) {
          throw new Denied("token-without-tenant");
        }
        return (names.isEmpty() ? named(text) : Optional.ofNullable(names.get(text)))
            .orElseThrow(() -> new Denied("token-of-unknown-tenant"));
      }

      private static Optional<Tenant> named(String text) {
        try {
          return Optional.of(new Tenant(text)).filter(it -> !it.isDefault());
        } catch (IllegalArgumentException e) {
          return Optional.empty();
        }
      }
    }
  }

  /** The roles of a token. */
  sealed interface RolesRule {
    Set<Role> of(Map<String, Object> claims);

    /** The same for all tokens. */
    record Fixed(Set<Role> roles) implements RolesRule {
      @Override
      public Set<Role> of(Map<String, Object> claims) {
        return roles;
      }
    }

    /**
     * A claim that is a text or a list of texts. Other texts than those that are known give no
     * role.
     *
     * @param names the roles by the text
     */
    record Claimed(String claim, Map<String, Set<Role>> names) implements RolesRule {
      public Claimed {
        names = Map.copyOf(names);
      }

      /** The texts are the names of roles. */
      static Claimed byName(String claim) {
        return new Claimed(
            claim, Arrays.stream(Role.values()).collect(Collectors.toMap(Role::key, Set::of)));
      }

      @Override
      public Set<Role> of(Map<String, Object> claims) {
        var value = claims.get(claim);
        var texts = value instanceof List<?> list ? list : Arrays.asList(value);
        var roles = EnumSet.noneOf(Role.class);
        for (var text : texts) {
          if (text instanceof String known) {
            roles.addAll(names.getOrDefault(known, Set.of()));
          }
        }
        return roles;
      }
    }
  }

  @Override
  public Caller caller(String issuer, String subject, Map<String, Object> claims) {
    return new Caller(
        Caller.Method.TOKEN, issuer + ":" + subject, tenant.of(claims), roles.of(claims), origins);
  }
}
