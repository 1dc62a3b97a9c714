package dev.retriever.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The work of a node: it holds origins, makes attempts for the origins of all nodes, or both. The
 * cluster shows roles with these names.
 */
record Roles(Set<String> names) {
  static final String ORIGIN = "origin";
  static final String EXECUTOR = "executor";

  private static final String SETTING = "retriever.node.roles";
  private static final String CLUSTER = "pekko.cluster.roles";

  /**
   * @throws IllegalArgumentException if there is another, or none
   */
  static Roles of(Config config) {
    var names = new LinkedHashSet<>(NodeSettings.list(config.getString(SETTING)));
    if (names.isEmpty() || !Set.of(ORIGIN, EXECUTOR).containsAll(names)) {
      throw new IllegalArgumentException(
          SETTING
              + " (RETRIEVER_ROLES, --roles) must be origin, executor, or origin,executor, but is '"
              + config.getString(SETTING)
              + "'");
    }
    return new Roles(names);
  }

  boolean executes() {
    return names.contains(EXECUTOR);
  }

  /** These are added to the roles that the cluster node has in any case. */
  Config configure(Config config) {
    var all = new LinkedHashSet<>(config.getStringList(CLUSTER));
    all.addAll(names);
    return config.withValue(CLUSTER, ConfigValueFactory.fromIterable(all));
  }
}
