package dev.retriever.cluster.storage;

import dev.retriever.alarms.WakeUp;
import dev.retriever.alarms.WakeUps;
import dev.retriever.cluster.database.Transaction;
import dev.retriever.cluster.storage.ConnectionSettings.Use;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The wake-ups in the database. It has its own connections, so that it does not compete with the
 * journal's writers.
 */
public final class JdbcWakeUps implements WakeUps, AutoCloseable {
  /** Most pages of rows that one search reads. */
  private static final int PAGES = 50;

  /** It opens so many at most. */
  public static final int CONNECTIONS = 2;

  private final Connections.Pool source;

  public JdbcWakeUps(Storage storage) {
    source = storage.connections().pool(Use.WAKE_UP, CONNECTIONS);
  }

  @Override
  public List<Entry> look(
      int slice, Instant until, int limit, Predicate<String> lives, Predicate<String> wanted)
      throws SQLException {
    try (var connection = source.get()) {
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

  /** Reads on past unwanted rows, so that they do not hide wanted ones behind them. */
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
    try (var connection = source.get()) {
      var written = new WakeUpTable.Written(row, wakeUp);
      Transaction.write(connection, it -> WakeUpTable.correct(it, persistenceId, written));
    } catch (SQLException e) {
      if (!isConflict(e)) {
        throw e;
      }
    }
  }

  /** SQL state class 23 or 40: the origin wrote the same key at the same time. */
  private static boolean isConflict(SQLException e) {
    return e.getSQLState() != null && Set.of("23", "40").contains(e.getSQLState().substring(0, 2));
  }

  @Override
  public void close() {
    source.close();
  }
}
