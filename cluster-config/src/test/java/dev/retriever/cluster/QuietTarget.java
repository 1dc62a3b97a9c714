package dev.retriever.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers {@code /<bytes>/<milliseconds>} with so many bytes, the last of them after so long. Keeps
 * nothing.
 */
final class QuietTarget implements AutoCloseable {
  private static final int THREADS = 200;
  private static final byte[] PIECE = new byte[16 * 1024];

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final AtomicInteger hits = new AtomicInteger();

  QuietTarget() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 5000);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  String url(int bytes, int millis) {
    return "http://127.0.0.1:%d/%d/%d".formatted(server.getAddress().getPort(), bytes, millis);
  }

  int hits() {
    return hits.get();
  }

  private void serve(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath().split("/");
    var size = Integer.parseInt(path[1]);
    exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
    hits.incrementAndGet();
    exchange.sendResponseHeaders(200, size == 0 ? -1 : size);
    try (var body = exchange.getResponseBody()) {
      for (var left = size - 1; left > 0; left -= PIECE.length) {
        body.write(PIECE, 0, Math.min(left, PIECE.length));
      }
      body.flush();
      pause(Integer.parseInt(path[2]));
      body.write(PIECE, 0, Math.min(size, 1));
    }
    exchange.close();
  }

  private static void pause(int millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
