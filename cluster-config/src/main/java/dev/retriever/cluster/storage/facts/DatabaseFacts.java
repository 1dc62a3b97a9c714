package dev.retriever.cluster.storage.facts;

import dev.retriever.cluster.storage.Storage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a database said of itself. Nothing of it is a secret. Immutable.
 *
 * @param product PostgreSQL or H2
 * @param place where it is, seen from the node
 * @param took from the question to the answer
 * @param ahead how far its clock is before that of the node; negative if it is behind. Exact to
 *     half of the time that the answer took
 * @param settings by the names that the database has for them
 * @param connections of PostgreSQL
 */
record DatabaseFacts(
    String product,
    String version,
    Place place,
    Duration took,
    Duration ahead,
    Map<String, String> settings,
    Optional<Connections> connections) {

  /** Where a database is. */
  enum Place {
    SERVER,
    EMBEDDED,
    MEMORY
  }

  /**
   * Connections of the server.
   *
   * @param most that the user of the node may have, with those of others
   * @param used by all now
   */
  record Connections(long most, long used) {}

  private static final String POSTGRES_SETTINGS =
      "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit',"
          + " 'full_page_writes', 'wal_level', 'autovacuum', 'default_transaction_isolation',"
          + " 'max_connections', 'superuser_reserved_connections', 'reserved_connections')";

  private static final String POSTGRES_NOW =
      "SELECT clock_timestamp(), (SELECT COALESCE(SUM(numbackends), 0) FROM pg_stat_database),"
          + " (SELECT rolconnlimit FROM pg_roles WHERE rolname = CURRENT_USER),"
          + " (SELECT datconnlimit FROM pg_database WHERE datname = CURRENT_DATABASE())";

  private static final String H2_SETTINGS =
      "SELECT SETTING_NAME, SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS WHERE SETTING_NAME IN"
          + " ('WRITE_DELAY', 'RETENTION_TIME', 'MODE', 'COMPRESS')";

  static DatabaseFacts asked(Storage storage, Connection connection, Clock clock)
      throws SQLException {
    var about = connection.getMetaData();
    var settings = settings(connection, storage.isPostgres() ? POSTGRES_SETTINGS : H2_SETTINGS);
    if (!storage.isPostgres()) {
      settings.put("transaction_isolation", isolation(connection));
    }
    var before = clock.instant();
    var sql = storage.isPostgres() ? POSTGRES_NOW : "SELECT CURRENT_TIMESTAMP(9)";
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      var there = rows.getObject(1, OffsetDateTime.class).toInstant();
      var after = clock.instant();
      var took = Duration.between(before, after);
      Optional<Connections> connections = Optional.empty();
      if (storage.isPostgres()) {
        var most = most(settings, rows.getLong(3), rows.getLong(4));
        connections = Optional.of(new Connections(most, rows.getLong(2)));
      }
      return new DatabaseFacts(
          about.getDatabaseProductName(),
          about.getDatabaseProductVersion(),
          place(storage),
          took,
          ahead(before, took, there),
          Map.copyOf(settings),
          connections);
    }
  }

  private static Duration ahead(Instant before, Duration took, Instant there) {
    return Duration.between(before.plus(took.dividedBy(2)), there);
  }

  private static Place place(Storage storage) {
    if (storage.isEmbedded()) {
      return Place.EMBEDDED;
    }
    return storage.url().startsWith("jdbc:h2:mem:") ? Place.MEMORY : Place.SERVER;
  }

  private static Map<String, String> settings(Connection connection, String sql)
      throws SQLException {
    var settings = new TreeMap<String, String>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        settings.put(rows.getString(1), rows.getString(2));
      }
    }
    return settings;
  }

  /** Without those that are kept for others, and within the limits of the user and the database. */
  private static long most(Map<String, String> settings, long ofUser, long ofDatabase) {
    var all =
        number(settings, "max_connections")
            - number(settings, "superuser_reserved_connections")
            - number(settings, "reserved_connections");
    return Math.min(all, Math.min(limit(ofUser), limit(ofDatabase)));
  }

  private static long number(Map<String, String> settings, String name) {
    return Long.parseLong(settings.getOrDefault(name, "0"));
  }

  /** Below 0 there is none. */
  private static long limit(long given) {
    return given < 0 ? Long.MAX_VALUE : given;
  }

  private static String isolation(Connection connection) throws SQLException {
    return switch (connection.getTransactionIsolation()) {
      case Connection.TRANSACTION_READ_UNCOMMITTED -> "read uncommitted";
      case Connection.TRANSACTION_READ_COMMITTED -> "read committed";
      case Connection.TRANSACTION_REPEATABLE_READ -> "repeatable read";
      case Connection.TRANSACTION_SERIALIZABLE -> "serializable";
      default -> "snapshot";
    };
  }
}
