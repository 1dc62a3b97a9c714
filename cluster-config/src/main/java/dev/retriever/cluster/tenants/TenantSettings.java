package dev.retriever.cluster.tenants;

import dev.retriever.executor.HostPattern;
import dev.retriever.executor.settings.PoolsSettings;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a tenant may use. Immutable.
 *
 * @param hosts that it may call, of those that the node may call; empty for all
 * @param pools of executors that it may use, {@code default} for fetches that name none; empty for
 *     all
 */
record TenantSettings(State state, Optional<List<HostPattern>> hosts, Optional<Set<String>> pools) {
  /** Whether a tenant is served. */
  enum State {
    ACTIVE,
    /** Its credentials are refused. Its name is never given to another tenant. */
    CLOSED
  }

  boolean allowsHost(String host) {
    return hosts.map(all -> all.stream().anyMatch(it -> it.matches(host))).orElse(true);
  }

  /**
   * @param pool the name of the pool; empty for the default one
   */
  boolean allowsPool(Optional<String> pool) {
    return pools.map(all -> all.contains(pool.orElse(PoolsSettings.DEFAULT))).orElse(true);
  }
}
