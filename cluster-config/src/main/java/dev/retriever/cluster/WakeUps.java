package dev.retriever.cluster;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.retriever.origin.WakeUp;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the clocks read of the wake-ups, and write. Has connections of its own, so that it does not
 * compete with the journal's writers. Waits for the database: not to be called from an actor's
 * thread. Thread-safe.
 */
final class WakeUps implements AutoCloseable {
  private static final int CONNECTIONS = 2;
  private static final long CONNECTION_TIMEOUT_MS = 5_000;

  private final HikariDataSource source;

  WakeUps(Storage storage) {
    var config = new HikariConfig();
    config.setPoolName("wake-ups");
    config.setJdbcUrl(storage.url());
    config.setUsername(storage.user());
    config.setPassword(storage.password());
    config.setMaximumPoolSize(CONNECTIONS);
    config.setConnectionTimeout(CONNECTION_TIMEOUT_MS);
    // A database that is away when this starts is no reason to fail: it is looked for again.
    config.setInitializationFailTimeout(-1);
    this.source = new HikariDataSource(config);
  }

  /**
   * Which origins are to be looked at: those whose time comes until then, and those with attempts
   * at executors that are gone.
   *
   * @param limit of each kind
   * @param lives whether the node of that executor is a member of the cluster
   */
  List<WakeUpTable.Entry> look(int slice, Instant until, int limit, Predicate<String> lives)
      throws SQLException {
    try (var connection = source.getConnection()) {
      var entries = new ArrayList<>(WakeUpTable.due(connection, slice, until, limit));
      for (var executor : WakeUpTable.executors(connection)) {
        if (!lives.test(executor)) {
          var left = 2 * limit - entries.size();
          entries.addAll(WakeUpTable.of(connection, executor, slice, Math.max(left, 0)));
        }
      }
      return entries;
    }
  }

  /** What an origin says of itself stands there from now on, unless it has journaled since. */
  void correct(String persistenceId, long row, WakeUp wakeUp) throws SQLException {
    try (var connection = source.getConnection()) {
      connection.setAutoCommit(false);
      try {
        WakeUpTable.correct(connection, persistenceId, new WakeUpTable.Written(row, wakeUp));
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        if (!isConflict(e)) {
          throw e;
        }
      }
    }
  }

  /** SQL state class 23 or 40: the origin has written the same key at the same time. */
  private static boolean isConflict(SQLException e) {
    return e.getSQLState() != null && Set.of("23", "40").contains(e.getSQLState().substring(0, 2));
  }

  @Override
  public void close() {
    source.close();
  }
}
