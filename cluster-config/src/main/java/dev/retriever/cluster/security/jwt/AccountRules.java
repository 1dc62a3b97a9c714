package dev.retriever.cluster.security.jwt;

import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Denied;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import java.util.Map;
import java.util.Set;

/** Knows callers by the whole subject of their tokens. Immutable. */
record AccountRules(Map<String, Account> accounts) implements CallerRules {

  /** What one subject is allowed. */
  record Account(Tenant tenant, Set<Role> roles, OriginPattern origins) {}

  AccountRules {
    accounts = Map.copyOf(accounts);
  }

  @Override
  public Caller caller(String issuer, String subject, Map<String, Object> claims) {
    var account = accounts.get(subject);
    if (account == null) {
      throw new Denied("token-of-unknown-account");
    }
    return new Caller(
        Caller.Method.TOKEN,
        issuer + ":" + subject,
        account.tenant(),
        account.roles(),
        account.origins());
  }
}
