package dev.retriever.loadtest.process;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The PostgreSQL server that the nodes of a fleet share. It syncs to the disk, and can be killed
 * and started again. Linux only.
 */
public final class FleetDatabase implements AutoCloseable {
  private static final Duration DEATH_LIMIT = Duration.ofSeconds(10);

  private final Path data;
  private final int port;
  private EmbeddedPostgres server;

  private FleetDatabase(Path data, EmbeddedPostgres server) {
    this.data = data;
    this.port = server.getPort();
    this.server = server;
  }

  /** Starts a server on a free port, with its data in that directory. */
  static FleetDatabase start(Path data) throws IOException {
    return new FleetDatabase(data, Databases.syncing(data).setCleanDataDirectory(false).start());
  }

  /** Settings of a node that stores here. */
  Map<String, String> settings() {
    return Database.settings("jdbc:postgresql://127.0.0.1:" + port + "/" + Database.USER);
  }

  /**
   * Kills the server (SIGKILL), and returns when its main process is gone. Its other processes end
   * by themselves.
   *
   * @return whether it was running before, and is gone
   */
  public boolean kill() throws IOException, InterruptedException {
    var first = Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip();
    var postmaster = ProcessHandle.of(Long.parseLong(first)).filter(ProcessHandle::isAlive);
    if (postmaster.isEmpty()) {
      return false;
    }
    postmaster.get().destroyForcibly();
    try {
      postmaster.get().onExit().get(DEATH_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      return false;
    }
    // Releases the directory; the server is gone already.
    server.close();
    return true;
  }

  /** Starts the server again on its port and data. */
  public void startAgain() throws IOException {
    server = Databases.syncing(data).setCleanDataDirectory(false).setPort(port).start();
  }

  /**
   * The settlements in the journal, read without waking an origin. Every settlement is one row, so
   * each settled fetch has exactly one.
   */
  public long settlements() {
    return query(
        "SELECT count(*) FROM event_journal WHERE event_ser_manifest LIKE '%FetchSettled%'");
  }

  /** The attempts that have a slot of a queue. */
  public long slots() {
    return query("SELECT count(*) FROM queue_slot");
  }

  /** The slots whose origins have, or lately had, an attempt at that node. */
  public long slotsAt(String remoting) {
    return query(
        """
        SELECT count(*) FROM queue_slot s JOIN wake_up w ON w.persistence_id = s.persistence_id
        WHERE NOT s.lingers AND w.executor LIKE '%%@%s#%%'
        """
            .formatted(remoting));
  }

  /** The largest number of a slot that is taken; 0 when none is. */
  public long largestSlot() {
    return query("SELECT coalesce(max(slot), 0) FROM queue_slot");
  }

  private long query(String select) {
    try (var connection = server.getPostgresDatabase().getConnection()) {
      return Database.query(connection, select);
    } catch (SQLException e) {
      throw new IllegalStateException("the database cannot be read", e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
