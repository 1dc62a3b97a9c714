package dev.retriever.cluster;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A PostgreSQL server of the tests' own, which syncs to the disk as one in production does. */
public final class TestPostgres implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final Path data;
  private final int port;
  private final Map<String, String> settings;
  private EmbeddedPostgres server;

  private TestPostgres(Path data, int port, Map<String, String> settings) {
    this.data = data;
    this.port = port;
    this.settings = settings;
  }

  /** Made when it is first asked for, since it takes seconds; stopped with the JVM. */
  private static final class Shared {
    static final EmbeddedPostgres SERVER = start();

    private static EmbeddedPostgres start() {
      try {
        return syncing().start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Settings of a node that stores in a new, empty database of the server that tests share. */
  public static String newDatabase() {
    var name = "test_" + DATABASES.incrementAndGet();
    execute(Shared.SERVER, "CREATE DATABASE " + name);
    return database(Shared.SERVER.getPort(), name);
  }

  /** A server that a test may stop and start again, with its data in that directory. */
  static TestPostgres start(Path data) {
    return startWith(data, Map.of());
  }

  public static TestPostgres startWith(Path data, Map<String, String> settings) {
    var postgres = new TestPostgres(data, FreePort.on(List.of("127.0.0.1")), settings);
    postgres.start();
    return postgres;
  }

  /** Settings of a node that stores there. */
  public String database() {
    return database(port, "postgres");
  }

  /** Starts it where it was, with what it had. */
  void start() {
    var builder = syncing();
    settings.forEach(builder::setServerConfig);
    try {
      server = builder.setDataDirectory(data).setCleanDataDirectory(false).setPort(port).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Connections are cut, transactions that are under way are lost. */
  void stop() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    stop();
  }

  /** It does not sync by default, and the last setting wins. */
  private static EmbeddedPostgres.Builder syncing() {
    return EmbeddedPostgres.builder()
        .setPGStartupWait(START_LIMIT)
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("shared_buffers", "32MB");
  }

  private static String database(int port, String name) {
    return """
        retriever.node.db { url = "jdbc:postgresql://127.0.0.1:%d/%s", user = postgres }
        """
        .formatted(port, name);
  }

  private static void execute(EmbeddedPostgres server, String sql) {
    try (var connection = server.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
