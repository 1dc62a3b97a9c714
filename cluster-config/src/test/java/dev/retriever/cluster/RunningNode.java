package dev.retriever.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.storage.Storage;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/** A real node in this JVM: on free ports, with its database in a directory. */
public final class RunningNode implements AutoCloseable {
  /** Ends the node in the middle of what it does: nothing is unbound, drained or handed over. */
  static final String CRASHING =
      """
      pekko.coordinated-shutdown.run-by-actor-system-terminate = off
      pekko.stdout-loglevel = off
      """;

  public static final String MAY_CALL_LOOPBACK = "retriever.node.egress-allow = \"127.0.0.0/8\"";

  /** Clusters of tests form and end without the waits that spare large ones messages. */
  private static final String FOR_TESTS =
      """
      pekko.cluster.gossip-interval = 200 ms
      pekko.cluster.leader-actions-interval = 200 ms
      pekko.cluster.singleton.hand-over-retry-interval = 100 ms
      pekko.cluster.sharding.retry-interval = 200 ms
      pekko.cluster.distributed-data.gossip-interval = 200 ms
      pekko.cluster.distributed-data.notify-subscribers-interval = 100 ms
      retriever.node.http.port = 0
      retriever.node.management.port = 0
      retriever.executor.transport.identify-attempts = on
      retriever.node.jobs.begins-after = 500 ms
      retriever.executor.drain.finish = 100 ms
      pekko.remote.artery.canonical.port = 0
      pekko.cluster.jmx.enabled = off
      pekko.coordinated-shutdown.exit-jvm = off
      pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
      """;

  private final Config config;
  private final Node node;

  private RunningNode(Config config) {
    this.config = config;
    this.node = Node.start(config);
  }

  /** A database that several nodes of this JVM share, gone with the JVM. */
  public static String sharing(String database) {
    return "retriever.node.db.url = \"jdbc:h2:mem:"
        + database
        + ";DB_CLOSE_DELAY=-1;DATABASE_TO_UPPER=false\"";
  }

  public String joining() {
    return "retriever.node.join = \"" + remoting() + "\"";
  }

  /** Starts one, and waits until what was pending goes on. */
  public static RunningNode start(Path dataDir, String... overrides) {
    var running = new RunningNode(config(dataDir, overrides));
    running.node.ready().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    return running;
  }

  public static Config config(Path dataDir, String... overrides) {
    return ConfigFactory.parseString(String.join("\n", overrides))
        .withFallback(ConfigFactory.parseString(FOR_TESTS))
        .withFallback(ConfigFactory.parseString("retriever.node.data-dir = \"" + dataDir + "\""))
        .withFallback(ConfigFactory.defaultApplication())
        .withFallback(ConfigFactory.defaultReferenceUnresolved())
        .resolve();
  }

  /** Where other nodes join it. */
  String remoting() {
    return node.remoting();
  }

  public Api api() {
    return new Api(node.apiUrl());
  }

  /** Where its API listens. */
  String apiUrl() {
    return node.apiUrl();
  }

  public Api management() {
    return new Api(node.managementUrl());
  }

  /** A figure of {@code /stats}, by its JSON pointer. */
  public long stat(String pointer) {
    return management().get("/stats").json().at(pointer).asLong(-1);
  }

  /** How many events the journal holds of that origin. */
  public int journaled(String originId) throws SQLException {
    return journaledLike(dev.retriever.executor.Tenant.ORIGIN_TYPE + "|" + originId);
  }

  /** How many it holds at all. */
  public int journaled() throws SQLException {
    return journaledLike("%");
  }

  private int journaledLike(String persistenceId) throws SQLException {
    var storage = Storage.from(config);
    try (var connection =
            DriverManager.getConnection(storage.url(), storage.user(), storage.password());
        var query =
            connection.prepareStatement(
                "SELECT COUNT(*) FROM \"event_journal\" WHERE \"persistence_id\" LIKE ?")) {
      query.setString(1, persistenceId);
      try (var rows = query.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** Deletes a row of an origin of the HTTP API, as a purge may. */
  void deleteRow(String originId, long number) throws SQLException {
    var storage = Storage.from(config);
    try (var connection =
            DriverManager.getConnection(storage.url(), storage.user(), storage.password());
        var delete =
            connection.prepareStatement(
                "DELETE FROM \"event_journal\" WHERE \"persistence_id\" = ?"
                    + " AND \"sequence_number\" = ?")) {
      delete.setString(1, dev.retriever.executor.Tenant.ORIGIN_TYPE + "|" + originId);
      delete.setLong(2, number);
      if (delete.executeUpdate() != 1) {
        throw new IllegalStateException("origin " + originId + " has no row " + number);
      }
    }
  }

  @Override
  public void close() {
    node.stop();
  }
}
