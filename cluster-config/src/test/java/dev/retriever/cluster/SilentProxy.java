package dev.retriever.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands before a server, and can go silent, as a network does that drops packets: it takes bytes,
 * passes none on, and closes nothing. A connection that was there while it was silent stays silent
 * for good.
 */
final class SilentProxy implements AutoCloseable {
  private final ServerSocket door;
  private final int server;
  private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
  private volatile boolean silent;
  private int silentAfter = Integer.MAX_VALUE;

  SilentProxy(int server) {
    this.server = server;
    try {
      door = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  /** From now on, for the connections that there are and for new ones. */
  synchronized void silence() {
    silent = true;
    pairs.forEach(pair -> pair.silent = true);
  }

  /** Passes on so many new connections, and goes silent with the next. */
  synchronized void silenceAfter(int connections) {
    silentAfter = connections;
  }

  /** Passes new connections on. */
  synchronized void speak() {
    silent = false;
    silentAfter = Integer.MAX_VALUE;
  }

  /** Connections that were accepted and are not closed by the client. */
  int connections() {
    return pairs.size();
  }

  @Override
  public void close() {
    try {
      door.close();
      for (var pair : pairs) {
        pair.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    try {
      while (true) {
        admit(new Pair(door.accept()));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private synchronized void admit(Pair pair) throws IOException {
    if (silentAfter == 0) {
      silence();
    }
    silentAfter--;
    pair.silent = silent;
    pairs.add(pair);
    pair.begin();
  }

  private static void start(Runnable run) {
    var thread = new Thread(run, "silent-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private final class Pair {
    private final Socket client;
    private final Socket toServer = new Socket();
    private volatile boolean silent;

    Pair(Socket client) {
      this.client = client;
    }

    void begin() throws IOException {
      if (!silent) {
        toServer.connect(new InetSocketAddress("127.0.0.1", server));
        start(() -> pass(toServer, client));
      }
      start(() -> pass(client, toServer));
    }

    private void pass(Socket from, Socket to) {
      var buffer = new byte[8192];
      try {
        for (var n = from.getInputStream().read(buffer);
            n >= 0;
            n = from.getInputStream().read(buffer)) {
          if (!silent) {
            to.getOutputStream().write(buffer, 0, n);
          }
        }
      } catch (IOException e) {
        // The other half has closed it.
      }
      // A silent one does not pass the end on, either.
      if (!silent || from == client) {
        closeQuietly();
      }
    }

    private void closeQuietly() {
      try {
        close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void close() throws IOException {
      pairs.remove(this);
      client.close();
      toServer.close();
    }
  }
}
