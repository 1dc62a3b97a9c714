package dev.retriever.cluster.database;

import java.sql.Connection;
import java.sql.SQLException;

/** Statements that a database does all of, or none of. */
public final class Transaction {
  /** The statements of a transaction. */
  public interface Work<T> {
    /** Neither commits nor rolls back. */
    T on(Connection connection) throws SQLException;
  }

  /** The statements of a transaction without a result. */
  public interface Writes {
    /** Neither commits nor rolls back. */
    void on(Connection connection) throws SQLException;
  }

  private Transaction() {}

  /**
   * Commits the work, or rolls it back when it throws anything. The connection commits by itself
   * afterwards.
   *
   * @param connection commits by itself; of this thread only
   * @throws SQLException of the work, or of the commit, after which the work may have been done
   */
  public static <T> T run(Connection connection, Work<T> work) throws SQLException {
    connection.setAutoCommit(false);
    T result;
    try {
      result = work.on(connection);
      connection.commit();
    } catch (SQLException | RuntimeException | Error e) {
      rollBack(connection, e);
      throw e;
    }
    connection.setAutoCommit(true);
    return result;
  }

  /** As {@link #run}, without a result. */
  public static void write(Connection connection, Writes writes) throws SQLException {
    run(
        connection,
        it -> {
          writes.on(it);
          return null;
        });
  }

  private static void rollBack(Connection connection, Throwable cause) {
    try {
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException | RuntimeException e) {
      // The first one says what is wrong; this is often the same lost connection again.
      cause.addSuppressed(e);
    }
  }
}
