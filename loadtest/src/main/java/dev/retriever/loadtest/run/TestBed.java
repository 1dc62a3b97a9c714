package dev.retriever.loadtest.run;

import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.ledger.LedgerVerdict;
import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.process.Database;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Workspace;
import dev.retriever.loadtest.target.TargetServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one run takes place on: a target, a client, an empty database, a ledger, and the nodes that
 * are started here. Closing ends all of it. The target and the client are started when they are
 * first asked for.
 */
public final class TestBed implements AutoCloseable {
  /** A node that lives for seconds is started more than it runs. */
  private static final List<String> SOON_STARTED =
      List.of("-XX:TieredStopAtLevel=1", "-XX:CICompilerCount=1", "-XX:+UseSerialGC");

  private final Context context;
  private final Database database;
  private final Path data;
  private final Path logs;
  private final Ledger ledger = new Ledger();
  private final List<NodeProcess> nodes = new ArrayList<>();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private TargetServer target;
  private Api api;
  private boolean closed;

  TestBed(Context context, Database database, Path data, Path logs) {
    this.context = context;
    this.database = database;
    this.data = data;
    this.logs = logs;
    open.push(database);
  }

  /** Ends with the stage, before what was opened earlier. */
  public synchronized <T extends AutoCloseable> T closing(T resource) throws IOException {
    if (closed) {
      throw new IOException("the stage is closed");
    }
    open.push(resource);
    return resource;
  }

  public synchronized TargetServer target() throws IOException {
    if (target == null) {
      target = closing(TargetServer.start(0, Optional.empty()));
    }
    return target;
  }

  /** Of a path at the target. */
  public URI url(String path) throws IOException {
    return target().uri().resolve(path);
  }

  public synchronized Api api() throws IOException {
    if (api == null) {
      api = closing(new Api());
    }
    return api;
  }

  public Database database() {
    return database;
  }

  public Ledger ledger() {
    return ledger;
  }

  /** What the ledger says of all that was done here. */
  public LedgerVerdict verdict() throws IOException {
    return ledger.verdict(target().hits(), target().early());
  }

  /** Scratch space, gone with the stage. */
  Path data() {
    return data;
  }

  public Path logs() {
    return logs;
  }

  /** Settings of a node that only holds origins, or only makes attempts. */
  public static Map<String, String> role(String role) {
    return Map.of("RETRIEVER_PLACEMENT", "executor-nodes", "RETRIEVER_ROLES", role);
  }

  /** A node, started and ready. */
  public NodeProcess start(String... options) throws IOException, InterruptedException {
    var node = node(Map.of(), options);
    node.start();
    return node;
  }

  /** One more in the cluster of another, started and ready. */
  public NodeProcess join(NodeProcess other, Map<String, String> settings, String... options)
      throws IOException, InterruptedException {
    var all = new HashMap<>(settings);
    all.put("RETRIEVER_JOIN", other.remoting());
    var node = node(all, options);
    node.start();
    return node;
  }

  /**
   * A node on the stage's database that is not started yet.
   *
   * @param settings of its environment, besides the database
   * @param options of its Java, such as {@code -Dretriever.origin.idle=5s}
   */
  public NodeProcess node(Map<String, String> settings, String... options) throws IOException {
    return process("dev.retriever.cluster.Main", settings, List.of(options));
  }

  /**
   * @param main what is started, and says that it is ready as a node does
   */
  public synchronized NodeProcess process(
      String main, Map<String, String> settings, List<String> options) throws IOException {
    var environment = new HashMap<>(database.settings());
    environment.putAll(settings);
    var java = new ArrayList<>(options);
    if (context.quick()) {
      java.addAll(SOON_STARTED);
    }
    java.addAll(context.wish().starting());
    java.addAll(context.wish().nodeOptions());
    var log = logs.resolve("node-" + (nodes.size() + 1) + ".log");
    var node = closing(NodeProcess.ofClassPath(main, java, environment, log));
    nodes.add(node);
    return node;
  }

  @Override
  public void close() {
    Deque<AutoCloseable> closing;
    synchronized (this) {
      closed = true;
      closing = new ArrayDeque<>(open);
      open.clear();
    }
    while (!closing.isEmpty()) {
      try {
        closing.pop().close();
      } catch (Exception e) {
        System.err.println("cannot clean up: " + e);
      }
    }
    Workspace.deleteQuietly(data);
  }
}
