package dev.retriever.cluster.tenants.quota;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.between;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import dev.retriever.executor.Tenant;
import dev.retriever.executor.settings.SettingsReader;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The most that a tenant may use. Empty means without limit, and 0 that nothing is allowed.
 *
 * @param pending fetches that have not settled, in the whole cluster; exact
 * @param submitsPerSecond submissions, repeats too, on all nodes together
 * @param burst submissions at once, after a pause, on all nodes together, but at least 1 on each
 * @param bytes of journal rows, with the bodies of requests and answers; about
 */
public record Quota(
    OptionalLong pending, OptionalLong submitsPerSecond, long burst, OptionalLong bytes) {
  private static final long MOST_A_SECOND = 1_000_000;
  private static final String UNLIMITED = "unlimited";
  private static final String TENANTS = "retriever.node.tenants";

  public static final Quota NONE =
      new Quota(OptionalLong.empty(), OptionalLong.empty(), 1, OptionalLong.empty());

  public Quota {
    pending.ifPresent(value -> atLeast("pending", value, 0L));
    submitsPerSecond.ifPresent(value -> between("submits-per-second", value, 0L, MOST_A_SECOND));
    between("burst", burst, 1L, MOST_A_SECOND);
    bytes.ifPresent(value -> atLeast("bytes", value, 0L));
  }

  /**
   * The quotas of all tenants.
   *
   * @param byTenant those of tenants with settings of their own
   * @param others that of every other tenant, but for the default one
   */
  public record All(Map<String, Quota> byTenant, Quota others) {
    public static final All NONE = new All(Map.of(), Quota.NONE);

    public All {
      byTenant = Map.copyOf(byTenant);
    }

    /** The default tenant has no quota. */
    public Quota of(Tenant tenant) {
      return tenant.isDefault() ? Quota.NONE : byTenant.getOrDefault(tenant.name(), others);
    }
  }

  /**
   * Reads {@code retriever.node.tenant-defaults.quota}, and {@code quota} of each tenant in {@code
   * retriever.node.tenants}.
   *
   * @throws IllegalArgumentException naming the setting that is wrong
   */
  public static All all(Config config) {
    var defaults = "retriever.node.tenant-defaults.quota";
    var byTenant = new HashMap<String, Quota>();
    for (var name : config.getObject(TENANTS).keySet()) {
      var path = TENANTS + "." + ConfigUtil.joinPath(name) + ".quota";
      var own =
          config.hasPath(path)
              ? config.withValue(
                  path, config.getValue(path).withFallback(config.getValue(defaults)))
              : config.withValue(path, config.getValue(defaults));
      if (Tenant.DEFAULT.name().equals(name) && config.hasPath(path)) {
        throw new IllegalArgumentException(
            path + " cannot be: the default tenant has no quotas; give its callers a tenant");
      }
      byTenant.put(name, read(own, path));
    }
    return new All(byTenant, read(config, defaults));
  }

  private static Quota read(Config config, String path) {
    return SettingsReader.read(
        config,
        path,
        c ->
            new Quota(
                limit(c.unless(UNLIMITED, "pending", c::count)),
                limit(c.unless(UNLIMITED, "submits-per-second", c::count)),
                c.count("burst"),
                limit(c.unless(UNLIMITED, "bytes", c::bytes))));
  }

  private static OptionalLong limit(java.util.Optional<? extends Number> value) {
    return value.map(it -> OptionalLong.of(it.longValue())).orElse(OptionalLong.empty());
  }
}
