package dev.retriever.cluster.security.jwt;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueType;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.executor.Tenant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Reads from the settings of an issuer which claims give tenant and roles. */
final class ClaimSettings {
  private static final Set<String> KEYS = new java.util.TreeSet<>(Set.of("claim", "value", "map"));

  private ClaimSettings() {}

  /**
   * @throws IllegalArgumentException naming the key that is wrong
   */
  static ClaimRules read(Config issuer) {
    return new ClaimRules(
        tenant(rule(issuer, "tenant")),
        roles(rule(issuer, "roles")),
        new OriginPattern(issuer.getString("origins")));
  }

  /** A section with either a claim or a value. */
  private static Config rule(Config issuer, String key) {
    var rule = issuer.getConfig(key);
    Items.onlyHas(rule, KEYS);
    if (rule.hasPath("claim") == rule.hasPath("value")
        || rule.hasPath("map") && rule.hasPath("value")) {
      throw new IllegalArgumentException(key + " must have either value, or claim and perhaps map");
    }
    return rule;
  }

  private static ClaimRules.TenantRule tenant(Config rule) {
    return rule.hasPath("value")
        ? new ClaimRules.TenantRule.Fixed(new Tenant(rule.getString("value")))
        : new ClaimRules.TenantRule.Claimed(
            rule.getString("claim"), map(rule, texts -> new Tenant(only(texts))));
  }

  private static ClaimRules.RolesRule roles(Config rule) {
    if (rule.hasPath("value")) {
      return new ClaimRules.RolesRule.Fixed(Role.of(rule.getStringList("value")));
    }
    return rule.hasPath("map")
        ? new ClaimRules.RolesRule.Claimed(rule.getString("claim"), map(rule, Role::of))
        : ClaimRules.RolesRule.Claimed.byName(rule.getString("claim"));
  }

  private static <T> Map<String, T> map(Config rule, Function<List<String>, T> value) {
    var map = new HashMap<String, T>();
    if (rule.hasPath("map")) {
      var values = rule.getConfig("map");
      // Keys are texts of claims, so dots in them do not part them.
      values.root().keySet().forEach(key -> map.put(key, value.apply(texts(values, key))));
    }
    return map;
  }

  private static List<String> texts(Config values, String key) {
    var path = com.typesafe.config.ConfigUtil.quoteString(key);
    return values.getValue(path).valueType() == ConfigValueType.LIST
        ? values.getStringList(path)
        : List.of(values.getString(path));
  }

  private static String only(List<String> texts) {
    if (texts.size() != 1) {
      throw new IllegalArgumentException("a tenant is one name");
    }
    return texts.get(0);
  }
}
