package dev.retriever.cluster.security;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a credential allows. A role includes no other role. */
public enum Role {
  /** Submit fetches. Without {@link #READ}, the answers hold no outcomes. */
  SUBMIT,
  /** Read fetches, outcomes, origins, and the figures of queues. */
  READ,
  /** Cancel fetches. */
  CANCEL,
  /**
   * Trigger and cancel alarms, redrive, and read the tenant's audit. In the default tenant, also
   * configure and operate queues.
   */
  OPERATE,
  /** Make and revoke keys, and read the audit. */
  ADMIN,
  /** Read the figures of the node, which are sums over all tenants. */
  METRICS;

  /** Every role, for a node without authentication. */
  public static final Set<Role> ALL = Set.of(values());

  /** As it is written in keys, tokens and settings. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All of them, as they are written. */
  public static List<String> keys() {
    return Arrays.stream(values()).map(Role::key).toList();
  }

  /**
   * @throws IllegalArgumentException naming the text that is no role
   */
  public static Role of(String key) {
    return Arrays.stream(values())
        .filter(role -> role.key().equals(key))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("'" + key + "' is no role; there are " + keys()));
  }

  /**
   * @throws IllegalArgumentException naming the text that is no role
   */
  public static Set<Role> of(Collection<String> keys) {
    var roles = EnumSet.noneOf(Role.class);
    keys.forEach(key -> roles.add(of(key)));
    return Set.copyOf(roles);
  }
}
