package dev.retriever.loadtest;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Several nodes, each a process, and the PostgreSQL server that they share. Thread-safe. */
final class Fleet implements AutoCloseable {
  private static final List<String> OPTIONS = List.of("-Xmx384m", "-XX:+UseSerialGC");

  private final EmbeddedPostgres database;
  private final Path logs;
  private final List<NodeProcess> all = new ArrayList<>();
  private final List<NodeProcess> alive = new CopyOnWriteArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();

  private Fleet(EmbeddedPostgres database, Path logs) {
    this.database = database;
    this.logs = logs;
  }

  /** Starts them, the later ones joining the first; returns when all are members. */
  static Fleet start(int nodes, Path data, Path logs) throws IOException, InterruptedException {
    var database =
        EmbeddedPostgres.builder()
            .setDataDirectory(data.resolve("postgres"))
            // Off in embedded servers; a node refuses what may lose what it acknowledged.
            .setServerConfig("fsync", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("synchronous_commit", "on")
            .start();
    var fleet = new Fleet(database, logs);
    try {
      fleet.node(Map.of()).start();
      var join = Map.of("RETRIEVER_JOIN", fleet.all.get(0).remoting());
      var joining = new ArrayList<CompletableFuture<Void>>();
      for (var i = 1; i < nodes; i++) {
        var node = fleet.node(join);
        joining.add(CompletableFuture.runAsync(() -> start(node)));
      }
      joining.forEach(CompletableFuture::join);
      fleet.alive.addAll(fleet.all);
      return fleet;
    } catch (IOException | RuntimeException e) {
      fleet.close();
      throw e;
    }
  }

  private static void start(NodeProcess node) {
    try {
      node.start();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private NodeProcess node(Map<String, String> more) {
    var settings = new java.util.HashMap<>(more);
    settings.put("RETRIEVER_DB_URL", database.getJdbcUrl("postgres", "postgres"));
    settings.put("RETRIEVER_DB_USER", "postgres");
    settings.put("RETRIEVER_DB_PASSWORD", "postgres");
    var log = logs.resolve("node-" + (all.size() + 1) + ".log");
    var node = NodeProcess.ofClassPath(OPTIONS, settings, log);
    all.add(node);
    return node;
  }

  /** The API of one that lives, of each in turn. */
  URI next() {
    var nodes = List.copyOf(alive);
    return nodes.get(Math.floorMod(turn.getAndIncrement(), nodes.size())).api();
  }

  List<NodeProcess> alive() {
    return List.copyOf(alive);
  }

  /** Ends the one that has been there the longest, as a crash would (SIGKILL). */
  void killOldest() throws InterruptedException {
    alive.remove(0).kill();
  }

  /**
   * Asks the one that has been there the longest to end (SIGTERM). Nothing is sent to it any more.
   *
   * @return its exit status
   */
  int stopOldest() throws InterruptedException {
    return alive.remove(0).stop();
  }

  @Override
  public void close() throws IOException {
    all.forEach(NodeProcess::close);
    database.close();
  }
}
