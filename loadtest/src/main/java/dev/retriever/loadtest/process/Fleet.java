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
 * Several nodes, each a process, the PostgreSQL server that they share, and the network between
 * them. Callers go from one to the next of those in rotation. Nodes are started and taken out by
 * one thread; the rest is thread-safe.
 */
public final class Fleet implements AutoCloseable {
  /** Options that make starts cheap, since several nodes share a machine and start often. */
  private static final List<String> OPTIONS =
      List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final FleetDatabase database;
  private final Optional<FleetNetwork> network;
  private final List<String> options;
  private final Path logs;
  private final List<NodeProcess> all = new CopyOnWriteArrayList<>();
  private final List<NodeProcess> rotation = new CopyOnWriteArrayList<>();
  private final Map<NodeProcess, FleetNetwork.Wire> wires = new HashMap<>();
  private final AtomicInteger turn = new AtomicInteger();
  private volatile boolean closed;

  private Fleet(
      FleetDatabase database, Optional<FleetNetwork> network, List<String> options, Path logs) {
    this.database = database;
    this.network = network;
    this.options = options;
    this.logs = logs;
  }

  /**
   * Starts the database, and no node yet. Closing the fleet also ends nodes that are just starting.
   *
   * @param options options for the nodes' Java
   * @param partitionable whether nodes can be cut off from each other
   */
  public static Fleet create(List<String> options, boolean partitionable, Path data, Path logs)
      throws IOException {
    var network = partitionable ? Optional.of(new FleetNetwork()) : Optional.<FleetNetwork>empty();
    return new Fleet(FleetDatabase.start(data.resolve("postgres")), network, options, logs);
  }

  /** Starts a cluster of so many nodes, the later ones joining the first. None may be running. */
  public void startAll(int nodes) throws IOException, InterruptedException {
    rotation.clear();
    var first = node(Optional.empty());
    first.start();
    var started = new ArrayList<>(List.of(first));
    var joining = new ArrayList<CompletableFuture<Void>>();
    for (var i = 1; i < nodes; i++) {
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
    var settings = new HashMap<>(database.settings());
    join.ifPresent(nodes -> settings.put("RETRIEVER_JOIN", nodes));
    var java = new ArrayList<>(OPTIONS);
    java.addAll(options);
    var wire = network.isPresent() ? network.get().wire() : null;
    if (wire != null) {
      settings.put("RETRIEVER_REMOTING_PORT", String.valueOf(wire.port()));
      java.addAll(wire.options());
    }
    var log = logs.resolve("node-" + (all.size() + 1) + ".log");
    var node = NodeProcess.ofClassPath(java, settings, log);
    if (wire != null) {
      wires.put(node, wire);
    }
    all.add(node);
    if (closed) {
      throw new IOException("no node is started any more");
    }
    return node;
  }

  /** The API of a node in rotation, each in turn; empty when there is none. */
  public Optional<URI> next() {
    var nodes = rotation();
    return nodes.isEmpty()
        ? Optional.empty()
        : Optional.of(nodes.get(Math.floorMod(turn.getAndIncrement(), nodes.size())).api());
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

  /** Puts the node back into rotation. */
  public void putBack(NodeProcess node) {
    rotation.add(node);
  }

  public FleetDatabase database() {
    return database;
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
    all.forEach(NodeProcess::close);
    network.ifPresent(FleetNetwork::close);
    database.close();
  }
}
