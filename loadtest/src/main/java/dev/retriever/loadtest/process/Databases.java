package dev.retriever.loadtest.process;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Gives each run an empty database. All runs share one PostgreSQL server, started at its first use.
 */
public final class Databases implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Database.Kind kind;
  private Workspace workspace;
  private EmbeddedPostgres server;
  private int made;

  public Databases(Database.Kind kind) {
    this.kind = kind;
  }

  public Database.Kind kind() {
    return kind;
  }

  /**
   * An empty database of the chosen kind.
   *
   * @param data the directory for an embedded one
   */
  public Database fresh(Path data) throws IOException {
    return kind == Database.Kind.POSTGRES ? onPostgres() : Database.embedded(data);
  }

  /** An empty database on PostgreSQL. Linux only. */
  public synchronized Database onPostgres() throws IOException {
    if (server == null) {
      workspace = Workspace.create("retriever-postgres-");
      server = workspace.closing(started(workspace.data().resolve("postgres")));
    }
    return Database.on(server, "run_" + ++made);
  }

  private static EmbeddedPostgres started(Path data) throws IOException {
    try {
      return syncing(data).start();
    } catch (IOException | IllegalStateException e) {
      throw new IOException(
          "the PostgreSQL that the load test brings did not start: %s. It needs Linux, and room"
                  .formatted(e.getMessage())
              + " in "
              + data.getParent()
              + "; scenarios with one node also run with --database h2",
          e);
    }
  }

  /**
   * A server that syncs, which embedded ones do not by default; a node refuses a server that may
   * lose commits.
   */
  static EmbeddedPostgres.Builder syncing(Path data) {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setPGStartupWait(START_LIMIT)
        .setServerConfig("fsync", "on")
        .setServerConfig("full_page_writes", "on")
        .setServerConfig("synchronous_commit", "on");
  }

  @Override
  public synchronized void close() {
    if (workspace != null) {
      workspace.close();
    }
  }
}
