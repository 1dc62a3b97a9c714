package dev.retriever.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for what cannot be told to take any. They are not of those that systems give to whoever
 * wants any: between the choice and the use, nobody else comes to have one, and no connection that
 * is made meanwhile.
 */
final class FreePort {
  private static final int FROM = 12_000;
  private static final int TO = 30_000;
  private static final int TRIES = 100;

  private FreePort() {}

  /** One that is free on all of these addresses. */
  static int on(List<String> addresses) {
    for (var i = 0; i < TRIES; i++) {
      var port = ThreadLocalRandom.current().nextInt(FROM, TO);
      if (isFree(port, addresses)) {
        return port;
      }
    }
    throw new IllegalStateException("no port is free on all of " + addresses);
  }

  private static boolean isFree(int port, List<String> addresses) {
    var sockets = new ArrayList<ServerSocket>();
    try {
      for (var address : addresses) {
        sockets.add(new ServerSocket(port, 1, InetAddress.getByName(address)));
      }
      return true;
    } catch (IOException e) {
      return false;
    } finally {
      sockets.forEach(FreePort::close);
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One that nobody listens at, and nobody will until it is closed. */
  static Socket taken() throws IOException {
    var socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
    return socket;
  }
}
