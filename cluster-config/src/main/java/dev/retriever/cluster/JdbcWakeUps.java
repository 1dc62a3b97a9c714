package dev.retriever.cluster;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.retriever.origin.WakeUp;
import dev.retriever.origin.WakeUps;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Those of the database. Has connections of its own, so that it does not compete with the journal's
 * writers, and waits for them.
 */
final class JdbcWakeUps implements WakeUps, AutoCloseable {
  /** Read one after the other, at most, in search of what is wanted. */
  private static final int PAGES = 50;

  private static final int CONNECTIONS = 2;
  private static final long CONNECTION_TIMEOUT_MS = 5_000;

  private final HikariDataSource source;

  JdbcWakeUps(Storage storage) {
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

  @Override
  public List<Entry> look(
      int slice, Instant until, int limit, Predicate<String> lives, Predicate<String> wanted)
      throws SQLException {
    try (var connection = source.getConnection()) {
      var entries =
          pages(offset -> WakeUpTable.due(connection, slice, until, limit, offset), limit, wanted);
      for (var executor : WakeUpTable.executors(connection)) {
        if (!lives.test(executor)) {
          entries.addAll(
              pages(
                  offset -> WakeUpTable.of(connection, executor, slice, limit, offset),
                  limit,
                  wanted));
        }
      }
      return entries;
    }
  }

  private interface Page {
    List<Entry> from(int offset) throws SQLException;
  }

  /** Those that are not wanted must not hide those behind them. */
  private static List<Entry> pages(Page page, int limit, Predicate<String> wanted)
      throws SQLException {
    var entries = new ArrayList<Entry>();
    for (var number = 0; number < PAGES && entries.size() < limit; number++) {
      var read = page.from(number * limit);
      read.stream().filter(entry -> wanted.test(entry.persistenceId())).forEach(entries::add);
      if (read.size() < limit) {
        break;
      }
    }
    return entries;
  }

  @Override
  public void correct(String persistenceId, long row, WakeUp wakeUp) throws SQLException {
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
