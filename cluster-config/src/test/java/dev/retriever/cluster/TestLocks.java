package dev.retriever.cluster;

import dev.retriever.cluster.storage.Storage;
import java.sql.Connection;
import java.sql.SQLException;

/** Whether a transaction waits for another one. */
public final class TestLocks {
  private static final String ON_POSTGRES =
      """
      SELECT COUNT(*) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'
      """;

  /** H2 does not say what an insert waits for. */
  private static final String ON_H2 =
      """
      SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS
      WHERE BLOCKER_ID IS NOT NULL
        OR SESSION_ID <> SESSION_ID() AND (EXECUTING_STATEMENT LIKE '%INSERT INTO%'
          OR EXECUTING_STATEMENT LIKE '%MERGE INTO%')
      """;

  private TestLocks() {}

  public static boolean isWaiting(Storage storage) {
    try (var connection = storage.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql(connection))) {
      rows.next();
      return rows.getLong(1) > 0;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String sql(Connection connection) throws SQLException {
    return connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")
        ? ON_POSTGRES
        : ON_H2;
  }
}
