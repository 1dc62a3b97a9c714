package dev.retriever.loadtest;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/**
 * Where one node stores: in the file of the embedded database, or in a PostgreSQL server that is
 * started for it and syncs to the disk.
 */
record Database(Path data, Optional<EmbeddedPostgres> server) implements AutoCloseable {
  static Database open(boolean postgres, Path data) throws IOException {
    if (!postgres) {
      return new Database(data, Optional.empty());
    }
    return new Database(
        data,
        Optional.of(
            EmbeddedPostgres.builder()
                .setDataDirectory(data.resolve("postgres"))
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .start()));
  }

  /** What a node's environment has to say of it. */
  Map<String, String> settings() {
    return server
        .map(
            postgres ->
                Map.of(
                    "RETRIEVER_DB_URL",
                    postgres.getJdbcUrl("postgres", "postgres"),
                    "RETRIEVER_DB_USER",
                    "postgres"))
        .orElseGet(() -> Map.of("RETRIEVER_DATA_DIR", data.toString()));
  }

  String name() {
    return server.isPresent() ? "PostgreSQL" : "H2";
  }

  /** What it takes on the disk, without the log of PostgreSQL. */
  long bytes() throws IOException {
    if (server.isEmpty()) {
      return Files.size(data.resolve("retriever.mv.db"));
    }
    try (var connection = server.get().getPostgresDatabase().getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT pg_database_size(current_database())")) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new IOException("the size of the database cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    if (server.isPresent()) {
      server.get().close();
    }
  }
}
