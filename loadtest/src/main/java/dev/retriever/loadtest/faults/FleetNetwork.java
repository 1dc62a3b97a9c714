package dev.retriever.loadtest.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
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

  private static final int BUFFER = 1 << 16;
  private static final int CONNECT_MS = 2_000;

  private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
  private final Set<String> carried = ConcurrentHashMap.newKeySet();
  private String cutAddress = "";
  private boolean closed;
  private int wires;

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
    var listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    open.add(listener);
    var wire =
        new Wire(listener.getLocalPort(), freePort(), "127.0.0." + (FIRST_ADDRESS + wires++));
    thread("wire-" + wire.port(), () -> accept(listener, wire));
    return wire;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Cuts the node off. True when bytes had passed from or to it before. */
  public synchronized boolean cut(Wire wire) {
    cutAddress = wire.address();
    return carried.contains(wire.address());
  }

  public synchronized void heal() {
    cutAddress = "";
    notifyAll();
  }

  private void accept(ServerSocket listener, Wire to) throws IOException {
    while (true) {
      var from = listener.accept();
      open.add(from);
      thread("wire-" + to.port() + "-in", () -> connect(from, to));
    }
  }

  private void connect(Socket from, Wire to) throws IOException {
    var address = ((InetSocketAddress) from.getRemoteSocketAddress()).getAddress().getHostAddress();
    pass(address, to);
    var there = new Socket();
    open.add(there);
    try {
      there.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), to.bound()), CONNECT_MS);
    } catch (IOException refused) {
      close(from);
      throw refused;
    }
    thread("wire-" + to.port() + "-out", () -> pump(there, from, address, to));
    pump(from, there, address, to);
  }

  private void pump(Socket from, Socket into, String address, Wire to) throws IOException {
    var buffer = new byte[BUFFER];
    try {
      for (var n = from.getInputStream().read(buffer);
          n >= 0;
          n = from.getInputStream().read(buffer)) {
        pass(address, to);
        into.getOutputStream().write(buffer, 0, n);
      }
    } finally {
      close(from);
      close(into);
    }
  }

  /** Waits while either end is cut off. */
  private synchronized void pass(String address, Wire to) throws IOException {
    while (!closed && (cutAddress.equals(address) || cutAddress.equals(to.address()))) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    carried.add(address);
    carried.add(to.address());
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void thread(String name, Work work) {
    var thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // A connection or its node has ended; the other side notices.
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  private void close(AutoCloseable it) {
    open.remove(it);
    try {
      it.close();
    } catch (Exception e) {
      // It counts as closed in any case.
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    Set.copyOf(open).forEach(this::close);
  }
}
