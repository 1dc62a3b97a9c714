package dev.retriever.cluster;

import com.typesafe.config.Config;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;

/** One for each writer of the journal, opened as those that its recoveries have. */
final class JournalConnections implements JournalWriters.Connections, AutoCloseable {
  private final HikariDataSource source;

  /**
   * @param db what the recoveries' connections are opened with
   */
  JournalConnections(Config db, int writers) {
    var config = new HikariConfig();
    config.setPoolName("journal-writers");
    config.setJdbcUrl(db.getString("url"));
    config.setUsername(db.getString("user"));
    config.setPassword(db.getString("password"));
    config.setMaximumPoolSize(writers);
    config.setConnectionTimeout(db.getLong("connectionTimeout"));
    config.setValidationTimeout(db.getLong("validationTimeout"));
    config.setMaxLifetime(db.getLong("maxLifetime"));
    if (db.hasPath("properties")) {
      db.getConfig("properties")
          .entrySet()
          .forEach(
              each ->
                  config.addDataSourceProperty(
                      each.getKey(), each.getValue().unwrapped().toString()));
    }
    // A database that is away when this starts is no reason to fail: it is looked for again.
    config.setInitializationFailTimeout(-1);
    source = new HikariDataSource(config);
  }

  @Override
  public Connection get() throws SQLException {
    return source.getConnection();
  }

  @Override
  public void close() {
    source.close();
  }
}
