package dev.retriever.cluster.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/**
 * How far the purge has looked for origins that may be forgotten. All nodes share it.
 *
 * @param ordering of the last row that was looked at
 * @param begunAt when it began at the first row
 */
record PurgeMark(long ordering, Instant begunAt) {
  /** After this time it begins anew: what could not be forgotten before may be now. */
  private static final Duration WHOLE = Duration.ofDays(7);

  private static final String NAME = "rows";

  /** The SQL state of a key that is there already. */
  private static final String EXISTS = "23505";

  private static final String READ =
      "SELECT \"ordering\", \"begun_at\" FROM \"purge_mark\" WHERE \"name\" = ?";

  private static final String UPDATE =
      "UPDATE \"purge_mark\" SET \"ordering\" = ?, \"begun_at\" = ? WHERE \"name\" = ?";

  private static final String INSERT =
      "INSERT INTO \"purge_mark\" (\"ordering\", \"begun_at\", \"name\") VALUES (?, ?, ?)";

  static PurgeMark first(Instant now) {
    return new PurgeMark(0, now);
  }

  /** Where to go on; at the first row after a week, or when there is no mark. */
  static PurgeMark read(Connection connection, Instant now) throws SQLException {
    try (var query = connection.prepareStatement(READ)) {
      query.setString(1, NAME);
      try (var rows = query.executeQuery()) {
        if (!rows.next()) {
          return first(now);
        }
        var mark = new PurgeMark(rows.getLong(1), Instant.ofEpochMilli(rows.getLong(2)));
        return mark.begunAt().plus(WHOLE).isAfter(now) ? mark : first(now);
      }
    }
  }

  PurgeMark at(long ordering) {
    return new PurgeMark(ordering, begunAt);
  }

  /** Two nodes may write it; the later one counts, and what is looked at twice does no harm. */
  void write(Connection connection) throws SQLException {
    if (execute(connection, UPDATE) == 0) {
      try {
        execute(connection, INSERT);
      } catch (SQLException e) {
        if (!EXISTS.equals(e.getSQLState())) {
          throw e;
        }
      }
    }
  }

  private int execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setLong(1, ordering);
      statement.setLong(2, begunAt.toEpochMilli());
      statement.setString(3, NAME);
      return statement.executeUpdate();
    }
  }
}
