package dev.retriever.loadtest.process;

import dev.retriever.loadtest.faults.FleetNetwork;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Several nodes, each a process, what they store in, and the network between them. Callers go from
 * one to the next of those in rotation. Nodes are started and taken out by one thread; the rest is
 * thread-safe.
 */
public final class Fleet implements AutoCloseable {
  /** Options that make starts cheap, since several nodes share a machine and start often. */
  private static final List<String> OPTIONS =
      List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final Optional<FleetDatabase> database;
  private final Map<String, String> settings;
  private final Optional<FleetNetwork> network;
  private final List<String> options;
  private final Path logs;
  private final List<NodeProcess> nodes = new CopyOnWriteArrayList<>();
  private final List<NodeProcess> rotation = new CopyOnWriteArrayList<>();
  private final Map<NodeProcess, FleetNetwork.Wire> wires = new HashMap<>();
  private final AtomicInteger turn = new AtomicInteger();
  private volatile boolean closed;

  private Fleet(
      Optional<FleetDatabase> database,
      Map<String, String> settings,
      Optional<FleetNetwork> network,
      List<String> options,
      Path logs) {
    this.database = database;
    this.settings = settings;
    this.network = network;
    this.options = options;
    this.logs = logs;
  }

  /**
   * Starts a database of its own, and no node yet. Closing the fleet also ends nodes that are just
   * starting.
   *
   * @param options options for the nodes' Java
   * @param partitionable whether nodes can be cut off from each other
   */
  public static Fleet create(List<String> options, boolean partitionable, Path data, Path logs)
      throws IOException {
    var network = partitionable ? Optional.of(new FleetNetwork()) : Optional.<FleetNetwork>empty();
    var database = FleetDatabase.start(data.resolve("postgres"));
    return new Fleet(Optional.of(database), database.settings(), network, options, logs);
  }

  /**
   * One whose nodes store in a database that somebody else ends.
   *
   * @param settings of the nodes' environment, with the database
   */
  public static Fleet on(Map<String, String> settings, List<String> options, Path logs) {
    return new Fleet(Optional.empty(), settings, Optional.empty(), options, logs);
  }

  /** Starts a cluster of so many nodes, the later ones joining the first. None may be running. */
  public void startAll(int count) throws IOException, InterruptedException {
    rotation.clear();
    var first = node(Optional.empty());
    first.start();
    var started = new ArrayList<>(List.of(first));
    var joining = new ArrayList<CompletableFuture<Void>>();
    for (var i = 1; i < count; i++) {
      var node = node(Optional.of(first.remoting()));
      started.add(node);
      joining.add(CompletableFuture.runAsync(() -> start(node)));
    }
    try {
      joining.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    }
    rotation.addAll(started);
  }

  private static void start(NodeProcess node) {
    try {
      node.start();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Starts one more node, which joins those in rotation as the youngest member. */
  public void startAnother() throws IOException, InterruptedException {
    var join = rotation.stream().map(NodeProcess::remoting).collect(Collectors.joining(","));
    var node = node(Optional.of(join));
    node.start();
    rotation.add(node);
  }

  private NodeProcess node(Optional<String> join) throws IOException {
    var all = new HashMap<>(settings);
    join.ifPresent(others -> all.put("RETRIEVER_JOIN", others));
    var java = new ArrayList<>(OPTIONS);
    java.addAll(options);
    var wire = network.isPresent() ? network.get().wire() : null;
    if (wire != null) {
      all.put("RETRIEVER_REMOTING_PORT", String.valueOf(wire.port()));
      java.addAll(wire.options());
    }
    var log = logs.resolve("node-" + (nodes.size() + 1) + ".log");
    var node = NodeProcess.ofClassPath(java, all, log);
    if (wire != null) {
      wires.put(node, wire);
    }
    nodes.add(node);
    if (closed) {
      throw new IOException("no node is started any more");
    }
    return node;
  }

  /** The API of a node in rotation, each in turn; empty when there is none. */
  public Optional<URI> next() {
    var there = rotation();
    return there.isEmpty()
        ? Optional.empty()
        : Optional.of(there.get(Math.floorMod(turn.getAndIncrement(), there.size())).api());
  }

  /** The nodes that take calls, the oldest member first. */
  public List<NodeProcess> rotation() {
    return List.copyOf(rotation);
  }

  public NodeProcess oldest() {
    return rotation.get(0);
  }

  /** Takes the node out of rotation. */
  public void takeOut(NodeProcess node) {
    rotation.remove(node);
  }

  /**
   * Takes the node out of rotation and kills it (SIGKILL).
   *
   * @return whether it ran before, and is gone
   */
  public boolean kill(NodeProcess node) throws InterruptedException {
    takeOut(node);
    var ran = node.isAlive();
    node.kill();
    return ran && !node.isAlive();
  }

  /** Puts the node back into rotation. */
  public void putBack(NodeProcess node) {
    rotation.add(node);
  }

  /** The database of its own, if it has one. */
  public FleetDatabase database() {
    return database.orElseThrow();
  }

  /**
   * Cuts the node off from the others; bytes sent meanwhile wait.
   *
   * @return whether bytes had passed between them before
   */
  public boolean cutOff(NodeProcess node) {
    return network.orElseThrow().cut(wires.get(node));
  }

  public void heal() {
    network.orElseThrow().heal();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    nodes.forEach(NodeProcess::close);
    network.ifPresent(FleetNetwork::close);
    if (database.isPresent()) {
      database.get().close();
    }
  }
}
