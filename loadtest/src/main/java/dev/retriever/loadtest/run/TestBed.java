package dev.retriever.loadtest.run;

import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.ledger.LedgerVerdict;
import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.process.Database;
import dev.retriever.loadtest.process.Fleet;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Workspace;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.server.TargetServer;
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
 * The equipment of one run: a target, a client, an empty database, a ledger, and the nodes started
 * here. Closing ends all of it. Target and client start at their first use.
 */
public final class TestBed implements AutoCloseable {
  /** Options for nodes that live for seconds: a quick start matters more than speed. */
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

  /** Closes the resource with the test bed, before those opened earlier. */
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

  /** The URL of a path at the target. */
  public URI url(String path) throws IOException {
    return target().uri().resolve(path);
  }

  public synchronized Api api() throws IOException {
    if (api == null) {
      api = closing(new Api());
    }
    return api;
  }

  public Context context() {
    return context;
  }

  /** The result so far. */
  public ResultDraft draft() {
    return context.draft();
  }

  public Database database() {
    return database;
  }

  public Ledger ledger() {
    return ledger;
  }

  /** The ledger's verdict on all fetches made here. */
  public LedgerVerdict verdict() throws IOException {
    return ledger.verdict(target().hits(), target().early());
  }

  /**
   * The same, and forgets these fetches, so that a long run needs no more memory than a part of it.
   * None of them may still be under way.
   */
  public LedgerVerdict settleUp() throws IOException {
    var verdict = verdict();
    ledger.forget();
    target().forget();
    return verdict;
  }

  public Path logs() {
    return logs;
  }

  /** For files that are deleted with the stage, also when logs are kept. */
  public Path data() {
    return data;
  }

  /** Settings of a node with one role: it holds origins, or it makes attempts. */
  public static Map<String, String> role(String role) {
    return Map.of("RETRIEVER_PLACEMENT", "executor-nodes", "RETRIEVER_ROLES", role);
  }

  /** Starts a node; returns when it is ready. */
  public NodeProcess start(String... options) throws IOException, InterruptedException {
    return start(Map.of(), options);
  }

  /** Starts a node with further settings of its environment; returns when it is ready. */
  public NodeProcess start(Map<String, String> settings, String... options)
      throws IOException, InterruptedException {
    var node = node(settings, options);
    node.start();
    return node;
  }

  /**
   * Starts a node on an empty database of its own; returns when it is ready.
   *
   * @param database its name; letters and digits
   */
  public NodeProcess startApart(String database, Map<String, String> settings, String... options)
      throws IOException, InterruptedException {
    var all = new HashMap<>(closing(this.database.another(database)).settings());
    all.putAll(settings);
    return start(all, options);
  }

  /** Starts a node that joins the cluster of another; returns when it is ready. */
  public NodeProcess join(NodeProcess other, Map<String, String> settings, String... options)
      throws IOException, InterruptedException {
    var all = new HashMap<>(settings);
    all.put("RETRIEVER_JOIN", other.remoting());
    return start(all, options);
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
   * Several nodes on the stage's database, none of which is started yet.
   *
   * @param options of their Java
   */
  public Fleet fleet(List<String> options) throws IOException {
    return closing(Fleet.on(database.settings(), java(options), logs));
  }

  /** The options with those of the run. */
  private List<String> java(List<String> options) {
    var java = new ArrayList<>(options);
    if (context.quick()) {
      java.addAll(SOON_STARTED);
    }
    java.addAll(context.runOptions().starting());
    java.addAll(context.runOptions().nodeOptions());
    return java;
  }

  /**
   * @param main the class to start; it prints the ready line of a node
   */
  public synchronized NodeProcess process(
      String main, Map<String, String> settings, List<String> options) throws IOException {
    var environment = new HashMap<>(database.settings());
    environment.putAll(settings);
    var log = logs.resolve("node-" + (nodes.size() + 1) + ".log");
    var node = closing(NodeProcess.ofClassPath(main, java(options), environment, log));
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
