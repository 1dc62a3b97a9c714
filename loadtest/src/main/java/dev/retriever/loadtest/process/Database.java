package dev.retriever.loadtest.process;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/**
 * The database of one run: a file of the embedded database, or a new database on a PostgreSQL
 * server that syncs to the disk.
 *
 * @param data the directory of the embedded database
 * @param name its name on the server
 */
public record Database(Path data, Optional<EmbeddedPostgres> server, String name)
    implements AutoCloseable {
  static final String USER = "postgres";
  private static final String EMBEDDED_OPTIONS = ";WRITE_DELAY=0;RETENTION_TIME=5000;COMPRESS=TRUE";

  public enum Kind {
    H2("H2"),
    POSTGRES("PostgreSQL");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  static Database embedded(Path data) {
    return new Database(data, Optional.empty(), "");
  }

  static Database on(EmbeddedPostgres server, String name) throws IOException {
    execute(server, "CREATE DATABASE " + name);
    return new Database(Path.of("."), Optional.of(server), name);
  }

  /**
   * Another empty database of the same kind, on the same server if there is one.
   *
   * @param suffix tells its name from that of this one; letters and digits
   */
  public Database another(String suffix) throws IOException {
    return server.isPresent()
        ? on(server.get(), name + "_" + suffix)
        : embedded(data.resolve(suffix));
  }

  private static void execute(EmbeddedPostgres server, String sql) throws IOException {
    try (var connection = server.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IOException(sql + ": " + e.getMessage(), e);
    }
  }

  /** Settings for the environment of a node. */
  public Map<String, String> settings() {
    return server
        .map(postgres -> settings(postgres.getJdbcUrl(USER, name)))
        .orElseGet(() -> Map.of("RETRIEVER_DATA_DIR", data.toString()));
  }

  /** Settings of a node that stores on a server; user and password of embedded ones are equal. */
  static Map<String, String> settings(String url) {
    return Map.of(
        "RETRIEVER_DB_URL", url, "RETRIEVER_DB_USER", USER, "RETRIEVER_DB_PASSWORD", USER);
  }

  /** The main process of the server; empty for the embedded database. */
  public Optional<Long> pid() throws IOException {
    return server.isEmpty()
        ? Optional.empty()
        : ProcessHandle.of(query("SELECT pg_backend_pid()"))
            .flatMap(ProcessHandle::parent)
            .map(ProcessHandle::pid);
  }

  /**
   * Opens a connection with the same durability as those of nodes. The embedded database allows
   * none while a node has the file open.
   */
  public Connection connection() throws SQLException {
    return DriverManager.getConnection(
        server
            .map(postgres -> postgres.getJdbcUrl(USER, name) + "&reWriteBatchedInserts=true")
            .orElseGet(
                () -> "jdbc:h2:file:" + data.resolve("bound").toAbsolutePath() + EMBEDDED_OPTIONS));
  }

  /** Its size on the disk, without the log of PostgreSQL. */
  public long bytes() throws IOException {
    return server.isPresent()
        ? query("SELECT pg_database_size(current_database())")
        : Files.size(data.resolve("retriever.mv.db"));
  }

  /** The rows of a table. Of the embedded database only while no node has it open. */
  public long rows(String table) throws IOException {
    var count = "SELECT count(*) FROM \"" + table + "\"";
    try (var connection = open()) {
      return query(connection, count);
    } catch (SQLException e) {
      throw new IOException(count + ": " + e.getMessage(), e);
    }
  }

  /** Runs a statement. On the embedded database only while no node has it open. */
  public void execute(String sql) throws IOException {
    try (var connection = open();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IOException(sql + ": " + e.getMessage(), e);
    }
  }

  /** To what nodes store in. */
  private Connection open() throws SQLException {
    if (server.isPresent()) {
      return connection();
    }
    var url = "jdbc:h2:file:" + data.resolve("retriever").toAbsolutePath();
    return DriverManager.getConnection(url + ";DATABASE_TO_UPPER=false", "retriever", "");
  }

  /** Runs a statement that returns one number. */
  private long query(String sql) throws IOException {
    try (var connection = connection()) {
      return query(connection, sql);
    } catch (SQLException e) {
      throw new IOException(sql + ": " + e.getMessage(), e);
    }
  }

  static long query(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Override
  public void close() throws IOException {
    if (server.isPresent()) {
      execute(server.get(), "DROP DATABASE " + name + " WITH (FORCE)");
    }
  }
}
