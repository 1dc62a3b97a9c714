package dev.retriever.loadtest.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A network between nodes that can be partitioned. Each node is reached through a port of this
 * process and connects from its own loopback address, so both ends of a connection are known. Bytes
 * sent during a cut arrive after it has healed. Thread-safe.
 */
public final class FleetNetwork implements AutoCloseable {
  /** 127.0.0.11 and on. */
  private static final int FIRST_ADDRESS = 11;

  private final List<Link> links = new ArrayList<>();
  private final Set<String> carried = ConcurrentHashMap.newKeySet();
  private volatile String cutAddress = "";

  /**
   * The connection of one node.
   *
   * @param port where the others reach it
   * @param bound where it listens
   * @param address the source address of its own connections
   */
  public record Wire(int port, int bound, String address) {
    /** Options for the node's Java, besides its remoting port. */
    public List<String> options() {
      return List.of(
          "-Dpekko.remote.artery.bind.port=" + bound,
          "-Dpekko.remote.artery.advanced.tcp.outbound-client-hostname=" + address);
    }
  }

  /** The connection for a node to be started, on a port that was free a moment ago. */
  public synchronized Wire wire() throws IOException {
    var bound = freePort();
    var address = "127.0.0." + (FIRST_ADDRESS + links.size());
    var link = Link.holding(bound, from -> passes(from, address));
    links.add(link);
    return new Wire(link.port(), bound, address);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Cuts the node off. True when bytes had passed from or to it before. */
  public boolean cut(Wire wire) {
    cutAddress = wire.address();
    return carried.contains(wire.address());
  }

  public void heal() {
    cutAddress = "";
  }

  /** Whether neither end is cut off. */
  private boolean passes(String from, String to) {
    if (cutAddress.equals(from) || cutAddress.equals(to)) {
      return false;
    }
    carried.add(from);
    carried.add(to);
    return true;
  }

  @Override
  public synchronized void close() {
    links.forEach(Link::close);
  }
}
