package dev.retriever.cluster.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Statements that go to PostgreSQL in one message. They are one transaction, because the connection
 * commits by itself, or a part of the caller's transaction. All parameters are arrays.
 */
public final class PostgresMessage {
  private record Values(String type, Object[] values) {}

  private final List<String> statements = new ArrayList<>();
  private final List<Values> arrays = new ArrayList<>();

  /** Whether the connection is one to PostgreSQL, which alone takes messages. */
  public static boolean isTakenBy(Connection connection) throws SQLException {
    return connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
  }

  /** Another statement; its parameters are to follow. */
  public PostgresMessage then(String statement) {
    statements.add(statement);
    return this;
  }

  /** The next parameter: one value of each element. */
  public <T> PostgresMessage array(String type, List<T> all, Function<T, Object> value) {
    arrays.add(new Values(type, all.stream().map(value).toArray()));
    return this;
  }

  /** The next parameter. */
  public PostgresMessage array(byte[][] values) {
    arrays.add(new Values("bytea", values));
    return this;
  }

  /** Sends the statements, if there are any. */
  public void execute(Connection connection) throws SQLException {
    if (statements.isEmpty()) {
      return;
    }
    try (var all = connection.prepareStatement(String.join(";\n", statements))) {
      var index = 0;
      for (var array : arrays) {
        index++;
        all.setArray(index, connection.createArrayOf(array.type(), array.values()));
      }
      all.execute();
    }
  }
}
