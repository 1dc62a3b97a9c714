package dev.retriever.cluster.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * The right of one node to write to the journal: a row that each of its writes looks for. Without
 * it the database refuses the write, however long the node was paused and whatever it believes. A
 * primary key alone refuses a replaced writer only as long as the row before its own exists.
 *
 * <p>The row is inserted before the first write, and never again. Thread-safe.
 */
final class JournalLicence {
  /** The SQL state of a write that found no licence; nothing of it is there. */
  static final String MISSING = "22012";

  private static final String ISSUE =
      "INSERT INTO \"journal_writer\" (\"id\", \"seen_at\") VALUES (?, %s)"
          .formatted(QueueStatements.NOW);

  private static final String RENEW =
      "UPDATE \"journal_writer\" SET \"seen_at\" = %s WHERE \"id\" = ?"
          .formatted(QueueStatements.NOW);

  private static final String SEEN = "SELECT \"seen_at\" FROM \"journal_writer\" WHERE \"id\" = ?";

  private static final String REVOKE = "DELETE FROM \"journal_writer\" WHERE \"id\" = ?";

  private static final String REVOKE_UNSEEN =
      "DELETE FROM \"journal_writer\" WHERE \"seen_at\" < %s - ?".formatted(QueueStatements.NOW);

  private static final String EXISTS = "23505";

  private final String id;
  private final Runnable lost;
  private boolean issued;

  /**
   * @param id of this run of the node; another run has another
   * @param lost called at each write, and renewal, that finds no licence
   */
  JournalLicence(String id, Runnable lost) {
    this.id = id;
    this.lost = lost;
  }

  String id() {
    return id;
  }

  /** Statements that write nothing without the licence. */
  JournalWrite.Statements around(JournalWrite.Licensed statements) {
    return (connection, write) -> {
      issue(connection);
      try {
        statements.execute(connection, write, id);
      } catch (SQLException e) {
        if (MISSING.equals(e.getSQLState())) {
          lost.run();
        }
        throw e;
      }
    };
  }

  /** Inserts the row, once. An insert that failed may have been done. */
  synchronized void issue(Connection connection) throws SQLException {
    if (issued) {
      return;
    }
    try {
      update(connection, ISSUE);
    } catch (SQLException e) {
      if (!EXISTS.equals(e.getSQLState())) {
        throw e;
      }
    }
    issued = true;
  }

  private synchronized boolean isIssued() {
    return issued;
  }

  /**
   * Tells that the node lives.
   *
   * @return what the clock of the database said; empty when there is no licence, or none yet
   */
  OptionalLong renew(Connection connection) throws SQLException {
    if (!isIssued()) {
      return OptionalLong.empty();
    }
    if (update(connection, RENEW) == 0) {
      lost.run();
      return OptionalLong.empty();
    }
    try (var query = connection.prepareStatement(SEEN)) {
      query.setString(1, id);
      try (var rows = query.executeQuery()) {
        return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
      }
    }
  }

  private int update(Connection connection, String sql) throws SQLException {
    try (var update = connection.prepareStatement(sql)) {
      update.setString(1, id);
      return update.executeUpdate();
    }
  }

  /** Takes the licence of a node that is no member of the cluster any more. */
  static void revoke(Connection connection, String id) throws SQLException {
    try (var delete = connection.prepareStatement(REVOKE)) {
      delete.setString(1, id);
      delete.executeUpdate();
    }
  }

  /**
   * Takes the licences that were not renewed for so long, by the clock of the database.
   *
   * @return how many
   */
  static int revokeUnseen(Connection connection, Duration time) throws SQLException {
    try (var delete = connection.prepareStatement(REVOKE_UNSEEN)) {
      delete.setLong(1, time.toMillis());
      return delete.executeUpdate();
    }
  }

  /**
   * Part of a transaction on H2, which checks it here; {@link PostgresWrite} has it in its insert.
   */
  static void check(Connection connection, String id) throws SQLException {
    try (var query = connection.prepareStatement(SEEN)) {
      query.setString(1, id);
      if (!isThere(query)) {
        throw new SQLException("the node " + id + " has no licence to write", MISSING);
      }
    }
  }

  private static boolean isThere(PreparedStatement query) throws SQLException {
    try (var rows = query.executeQuery()) {
      return rows.next();
    }
  }
}
