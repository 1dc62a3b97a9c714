package dev.retriever.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Holds each request until it is let go, and counts those that it holds at once. */
final class CountingTarget implements AutoCloseable {
  private static final int BACKLOG = 100;

  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            var thread = new Thread(task, "counting-target");
            thread.setDaemon(true);
            return thread;
          });
  private final Semaphore free = new Semaphore(0);
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger hits = new AtomicInteger();

  CountingTarget() throws IOException {
    server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), BACKLOG);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  /** Answers so many requests, of those that are held and of those to come. */
  void answer(int count) {
    free.release(count);
  }

  /** Requests that are held now. */
  int open() {
    return open.get();
  }

  /** The most that were ever held at once. */
  int most() {
    return most.get();
  }

  /** Requests that have come. */
  int hits() {
    return hits.get();
  }

  private void serve(HttpExchange exchange) throws IOException {
    hits.incrementAndGet();
    most.accumulateAndGet(open.incrementAndGet(), Math::max);
    exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
    try {
      free.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Before the answer: the next request may come as soon as it is read.
    open.decrementAndGet();
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
