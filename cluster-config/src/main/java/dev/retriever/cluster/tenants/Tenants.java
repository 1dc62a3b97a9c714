package dev.retriever.cluster.tenants;

import static dev.retriever.executor.settings.SettingRules.must;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Authority;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.HostPattern;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Tenant;
import dev.retriever.executor.TimeLimit;
import dev.retriever.executor.Transport;
import dev.retriever.executor.settings.PoolsSettings;
import dev.retriever.executor.settings.SettingsReader;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What each tenant may use, from {@code retriever.node.tenants} and {@code
 * retriever.node.tenant-defaults}. A tenant that is not named there has the defaults. Checked when
 * a fetch is submitted, and again before each attempt is sent, with the settings of the executor's
 * node. Immutable.
 */
public final class Tenants {
  /** The reason of an attempt to a host that its tenant must not call; it is not tried again. */
  static final String HOST_NOT_ALLOWED = "host-not-allowed";

  /** The reason of an attempt in a pool that its tenant must not use; it is not tried again. */
  static final String POOL_NOT_ALLOWED = "pool-not-allowed";

  private static final String NODE = "retriever.node";
  private static final String DEFAULTS = "tenant-defaults";
  private static final Set<String> KEYS = Set.of("state", "hosts", "pools", "quota");

  private final TenantSettings defaults;
  private final Map<Tenant, TenantSettings> byTenant;

  private Tenants(TenantSettings defaults, Map<Tenant, TenantSettings> byTenant) {
    this.defaults = defaults;
    this.byTenant = Map.copyOf(byTenant);
  }

  /**
   * Reads the settings. A tenant inherits missing ones from the defaults.
   *
   * @param config the whole configuration
   * @throws IllegalArgumentException naming the key that is wrong
   */
  public static Tenants from(Config config) {
    var inherited = config.getObject(NODE + "." + DEFAULTS);
    var byTenant = new HashMap<Tenant, TenantSettings>();
    var tenants = config.getObject(NODE + ".tenants");
    for (var name : tenants.keySet()) {
      var path = "tenants." + ConfigUtil.joinPath(name);
      must(
          Tenant.isName(name),
          NODE + "." + path,
          "1 to 32 of a-z 0-9 -, not beginning with a hyphen",
          name);
      if (!(tenants.get(name) instanceof ConfigObject own)) {
        throw new IllegalArgumentException(NODE + "." + path + " must be an object, such as {}");
      }
      byTenant.put(new Tenant(name), settings(path, own.withFallback(inherited)));
    }
    return new Tenants(settings(DEFAULTS, inherited), byTenant);
  }

  private static TenantSettings settings(String path, ConfigObject own) {
    for (var key : own.keySet()) {
      must(
          KEYS.contains(key),
          NODE + "." + path,
          "an object of " + KEYS.stream().sorted().toList(),
          key);
    }
    var full = NODE + "." + path;
    return SettingsReader.read(own.atPath(full), full, c -> settings(c, own, path));
  }

  private static TenantSettings settings(SettingsReader c, ConfigObject own, String path) {
    var state =
        own.containsKey("state")
            ? c.choice("state", TenantSettings.State.class)
            : TenantSettings.State.ACTIVE;
    var isOneThatStays = path.equals(DEFAULTS) || path.equals("tenants." + Tenant.DEFAULT);
    must(
        !isOneThatStays || state == TenantSettings.State.ACTIVE,
        "state",
        "active for the default tenant and in tenant-defaults",
        state);
    return new TenantSettings(
        state,
        own.containsKey("hosts")
            ? Optional.of(c.texts("hosts").stream().map(Tenants::host).toList())
            : Optional.empty(),
        own.containsKey("pools") ? Optional.of(pools(c.texts("pools"))) : Optional.empty());
  }

  private static HostPattern host(String text) {
    try {
      return new HostPattern(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("hosts: " + e.getMessage(), e);
    }
  }

  private static Set<String> pools(List<String> names) {
    for (var name : names) {
      must(PoolsSettings.isPoolName(name), "pools", "names of pools", name);
    }
    return Set.copyOf(names);
  }

  TenantSettings of(Tenant tenant) {
    return byTenant.getOrDefault(tenant, defaults);
  }

  /** Why no credential of that tenant is served; empty if they are. */
  public Optional<Problem> refusal(Tenant tenant) {
    return of(tenant).state() == TenantSettings.State.ACTIVE
        ? Optional.empty()
        : Optional.of(
            Problem.of(
                ProblemType.TENANT_CLOSED,
                "The tenant is closed. Its fetches settle, and nothing of it is shown any more."));
  }

  /** The patterns of the hosts that the tenant may call; empty if it may call all. */
  public Optional<List<String>> hosts(Tenant tenant) {
    return of(tenant).hosts().map(all -> all.stream().map(HostPattern::text).toList());
  }

  /** The named pools that the tenant may use, of these, sorted. */
  public Set<String> pools(Tenant tenant, Set<String> names) {
    var allowed = new TreeSet<>(names);
    allowed.removeIf(name -> !of(tenant).allowsPool(Optional.of(name)));
    return allowed;
  }

  /**
   * Whether the tenant may use that pool.
   *
   * @param pool the name of the pool; empty for the default one
   */
  public boolean allowsPool(Tenant tenant, Optional<String> pool) {
    return of(tenant).allowsPool(pool);
  }

  /**
   * Checks that the tenant may call the host of the request.
   *
   * @throws InvalidRequest if not
   */
  public void check(FetchRequest request, Tenant tenant) {
    if (!allowsHost(tenant, request)) {
      throw new InvalidRequest(
          InvalidRequest.Kind.TARGET_NOT_ALLOWED,
          "/url",
          "the url's host must not be called from here");
    }
  }

  private boolean allowsHost(Tenant tenant, FetchRequest request) {
    return of(tenant).allowsHost(Authority.in(URI.create(request.url())).host());
  }

  /** Wraps a transport so that it sends nothing to hosts and in pools that a tenant may not use. */
  public Transport checkedBefore(Transport transport) {
    return new Checked(transport, Optional.empty());
  }

  /**
   * @param pool the one that the attempts are of; empty before it is known
   */
  private final class Checked implements Transport {
    private final Transport transport;
    private final Optional<String> pool;

    Checked(Transport transport, Optional<String> pool) {
      this.transport = transport;
      this.pool = pool;
    }

    @Override
    public Transport inPool(String name) {
      return new Checked(transport, Optional.of(name));
    }

    @Override
    public Exchange start(
        AttemptKey key, FetchRequest request, TimeLimit limit, Consumer<Report> done) {
      var tenant = key.tenant();
      if (!allowsHost(tenant, request)) {
        return refused(HOST_NOT_ALLOWED, done);
      }
      if (pool.isPresent() && !allowsPool(tenant, pool)) {
        return refused(POOL_NOT_ALLOWED, done);
      }
      return transport.start(key, request, limit, done);
    }

    private Exchange refused(String reason, Consumer<Report> done) {
      done.accept(new Report.NotSent(Stage.EGRESS_DENIED, reason));
      return why -> {};
    }
  }
}
