package dev.retriever.cluster.security.jwt;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The server of an issuer, on a free loopback port, that can also misbehave. */
public final class IssuerStub implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile Answer answer;

  /** What it does with each request. */
  interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  public IssuerStub(TestIssuer issuer) {
    answer = exchange -> send(exchange, 200, issuer.jwks());
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 50);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    asked.incrementAndGet();
    try (exchange) {
      answer.to(exchange);
    }
  }

  static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  void answers(Answer now) {
    answer = now;
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/keys";
  }

  /** How many requests have come. */
  public int asked() {
    return asked.get();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
