package dev.retriever.cluster.storage.facts;

import com.typesafe.config.Config;
import dev.retriever.cluster.storage.IndexReads;
import dev.retriever.cluster.storage.JdbcEndpoints;
import dev.retriever.cluster.storage.JdbcQueueStore;
import dev.retriever.cluster.storage.JdbcWakeUps;
import dev.retriever.cluster.storage.door.JdbcAudit;
import dev.retriever.cluster.storage.door.JdbcKeys;

/** How many connections a node opens at most. */
final class NodeConnections {
  private static final String POOLS = "pekko-persistence-jdbc.shared-databases.";

  /** The licence to write, the quotas of tenants, and whether the database is there. */
  private static final int SINGLE = 3;

  /** The purge, and one more of erasures, of an index that is made anew, or of a look as this. */
  private static final int OCCASIONAL = 2;

  private NodeConnections() {}

  static int most(Config config) {
    return config.getInt("jdbc-journal.parallelism")
        + config.getInt(POOLS + "slick.db.maxConnections")
        + config.getInt(POOLS + "bulk.db.maxConnections")
        + JdbcWakeUps.CONNECTIONS
        + JdbcEndpoints.CONNECTIONS
        + JdbcQueueStore.CONNECTIONS
        + JdbcKeys.CONNECTIONS
        + JdbcAudit.CONNECTIONS
        + IndexReads.CONNECTIONS
        + SINGLE
        + OCCASIONAL;
  }
}
