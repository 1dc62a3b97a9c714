package dev.retriever.cluster.storage;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.storage.ConnectionSettings.Use;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.flywaydb.core.api.FlywayException;

/**
 * The database: which one, how the journal reaches it, and its schema.
 *
 * @param url JDBC, with PostgreSQL or H2
 * @param limits of its connections
 */
public record Storage(String url, String user, String password, ConnectionSettings limits) {
  private static final String EMBEDDED = "jdbc:h2:file:";
  private static final String POOLS = "pekko-persistence-jdbc.shared-databases.";

  /** The journal's own pools of connections. */
  private static final Map<String, Use> USES = Map.of("slick", Use.JOURNAL, "bulk", Use.BULK);

  private static final int H2_IN_USE = 90020;

  /** Reads {@code retriever.node}: the database named there, else an embedded one in a file. */
  public static Storage from(Config config) {
    var c = config.getConfig("retriever.node");
    var limits = ConnectionSettings.from(config);
    var url = c.getString("db.url");
    if (url.isBlank()) {
      return embedded(Path.of(c.getString("data-dir")), limits);
    }
    if (url.startsWith("jdbc:h2:ssl:")) {
      throw new IllegalArgumentException(
          "RETRIEVER_DB_URL must not begin with jdbc:h2:ssl: since the driver of H2 waits for ever"
              + " there when its server goes silent; use PostgreSQL, whose driver has TLS");
    }
    if (!url.matches("jdbc:(postgresql|h2:(tcp|mem)):.*")) {
      throw new IllegalArgumentException(
          "RETRIEVER_DB_URL must begin with jdbc:postgresql: (for the embedded database set"
              + " RETRIEVER_DATA_DIR; it is opened so that nothing acknowledged is lost)");
    }
    return new Storage(url, c.getString("db.user"), c.getString("db.password"), limits);
  }

  /**
   * By default H2 writes up to half a second after it has acknowledged a commit; with a write delay
   * of 0 nothing acknowledged is lost when the process is killed. (When the machine loses power it
   * may be: H2 does not sync to the disk.) The file closes with the last connection, not by H2's
   * own shutdown hook, which would run before the node has drained.
   *
   * <p>A commit writes all pages that it has changed, and H2 keeps their former versions for 45
   * seconds, in case the disk was not synced: a busy minute made gigabytes. That is no help to a
   * process that is killed, since what it has written is safe with the operating system. Five
   * seconds are for readers that H2 does not count; with none, running statements failed.
   */
  private static Storage embedded(Path dataDir, ConnectionSettings limits) {
    var file = dataDir.toAbsolutePath().normalize().resolve("retriever");
    if (file.toString().indexOf(';') >= 0) {
      throw new IllegalArgumentException("RETRIEVER_DATA_DIR must not contain a semicolon");
    }
    return new Storage(
        EMBEDDED
            + file
            + ";DATABASE_TO_UPPER=false;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE"
            + ";RETENTION_TIME=5000;COMPRESS=TRUE",
        "retriever",
        "",
        limits);
  }

  /** A file that only one node can open. */
  public boolean isEmbedded() {
    return url.startsWith(EMBEDDED);
  }

  /** Whether it is PostgreSQL; else it is H2. */
  public boolean isPostgres() {
    return url.startsWith("jdbc:postgresql:");
  }

  /** Whether the database is reached over a network, which may go silent. */
  boolean isRemote() {
    return isPostgres() || url.startsWith("jdbc:h2:tcp:");
  }

  /**
   * Creates or updates the schema. Waits while another node does. A silent database is noticed
   * before that, because changes of the schema may take long.
   *
   * @throws IllegalStateException with the next step, when the database cannot be had
   */
  public void migrate() {
    try {
      if (url.startsWith(EMBEDDED)) {
        Files.createDirectories(Path.of(toString().substring(EMBEDDED.length())).getParent());
      }
      if (isRemote()) {
        connect().close();
      }
      connections().migrate("classpath:db/migration/" + (isPostgres() ? "postgresql" : "h2"));
    } catch (SQLException e) {
      throw new IllegalStateException("the database " + this + " " + trouble(e), e);
    } catch (IOException e) {
      throw new IllegalStateException(
          "cannot create the directory of " + this + "; set RETRIEVER_DATA_DIR (" + e + ")", e);
    } catch (FlywayException e) {
      // Its message has the whole URL, which may have a password.
      throw new IllegalStateException("the database " + this + " " + trouble(e), e);
    }
  }

  /**
   * The id of this database. A restored or copied database has the same id.
   *
   * @throws IllegalStateException with the next step, when it does not say
   */
  public String identity() {
    try (var connection = connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT \"id\" FROM \"database_identity\"")) {
      if (rows.next()) {
        return rows.getString(1);
      }
      throw new IllegalStateException(
          "the table database_identity of %s has no row; insert a UUID, the same while it is in use"
              .formatted(this));
    } catch (SQLException e) {
      throw new IllegalStateException(
          "the database " + this + " does not say which it is: " + e.getMessage(), e);
    }
  }

  public Connections connections() {
    return new Connections(this, limits);
  }

  /** A connection outside of all pools, for occasional work. */
  public Connection connect() throws SQLException {
    return connections().open(Use.ONE_OFF);
  }

  private static String trouble(FlywayException e) {
    return e.getCause() instanceof SQLException sql
        ? trouble(sql)
        : "cannot be brought up to date: " + e.getMessage();
  }

  private static String trouble(SQLException e) {
    return e.getErrorCode() == H2_IN_USE
        ? "is in use by another process; stop that one, or set RETRIEVER_DATA_DIR to another place"
        : "cannot be reached: " + e.getMessage();
  }

  /** Whether this configuration was made by {@link #configure}. */
  public static boolean isConfigured(Config config) {
    return config.hasPath(POOLS + "slick.db.url");
  }

  /** The configuration with the journal on this database. */
  public Config configure(Config config) {
    var settings = new HashMap<String, Object>();
    USES.forEach(
        (pool, use) -> settings.putAll(connections().journalPool(POOLS + pool + ".", use)));
    return ConfigFactory.parseMap(settings, "the database settings").withFallback(config);
  }

  /** The URL without possible secrets: its parameters, user and password. */
  @Override
  public String toString() {
    return url.split("[?;]", 2)[0];
  }
}
