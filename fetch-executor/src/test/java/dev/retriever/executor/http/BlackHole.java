package dev.retriever.executor.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * A port at which connections are neither taken nor refused: the queue of those that nobody accepts
 * is full, and Linux drops the SYNs of further ones without a word.
 */
final class BlackHole implements AutoCloseable {
  private static final int BACKLOG = 1;
  private static final int MOST_QUEUED = 16;
  private static final int SILENCE_MILLIS = 500;

  private final ServerSocket server;
  private final List<Socket> queued = new ArrayList<>();

  BlackHole() throws IOException {
    server = new ServerSocket(0, BACKLOG, InetAddress.getByName("127.0.0.1"));
    while (connects()) {
      if (queued.size() > MOST_QUEUED) {
        close();
        throw new IOException("the queue of port " + server.getLocalPort() + " does not get full");
      }
    }
  }

  private boolean connects() throws IOException {
    var socket = new Socket();
    queued.add(socket);
    try {
      socket.connect(new InetSocketAddress("127.0.0.1", server.getLocalPort()), SILENCE_MILLIS);
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort() + "/";
  }

  @Override
  public void close() throws IOException {
    for (var socket : queued) {
      socket.close();
    }
    server.close();
  }
}
