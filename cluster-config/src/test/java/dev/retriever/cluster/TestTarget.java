package dev.retriever.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** What fetches call: it does as its path says, and remembers what it was sent. */
public final class TestTarget implements AutoCloseable {
  static final byte[] BINARY = {0, 1, (byte) 0xff, (byte) 0xc3, 0x28};
  private static final int BACKLOG = 100;

  /** One request as it arrived. */
  record Hit(
      String fetchId,
      String attempt,
      String method,
      String uri,
      Map<String, List<String>> headers,
      byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  private final String scheme;
  private final HttpServer server;
  private final ExecutorService threads;
  private final List<Hit> hits = new ArrayList<>();
  private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();

  public TestTarget() {
    this("http", TestTarget::plain);
  }

  /** One that speaks TLS. */
  public TestTarget(SSLContext tls) {
    this("https", () -> secured(tls));
  }

  private TestTarget(String scheme, Callable<HttpServer> made) {
    this.scheme = scheme;
    try {
      server = made.call();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    threads =
        Executors.newCachedThreadPool(
            task -> {
              var thread = new Thread(task, "test-target");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  private static HttpServer plain() throws IOException {
    return HttpServer.create(free(), BACKLOG);
  }

  private static HttpServer secured(SSLContext tls) throws IOException {
    var server = HttpsServer.create(free(), BACKLOG);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return server;
  }

  private static InetSocketAddress free() throws IOException {
    return new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
  }

  public String url(String path) {
    return scheme + "://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  synchronized List<Hit> hits(String fetchId) {
    return hits.stream().filter(hit -> fetchId.equals(hit.fetchId())).toList();
  }

  /** Waits until that fetch has been sent here so often. */
  public synchronized List<Hit> awaitHits(String fetchId, int count) throws InterruptedException {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (hits(fetchId).size() < count) {
      var left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError(fetchId + " was sent " + hits(fetchId).size() + " times");
      }
      wait(left);
    }
    return hits(fetchId);
  }

  /** Lets go of what is and will be held at {@code /held/<name>} or {@code /echo/<name>}. */
  public void release(String name) {
    gate(name).countDown();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void serve(HttpExchange exchange) throws IOException {
    var hit = remember(exchange);
    var path = exchange.getRequestURI().getPath().split("/");
    switch (path[1]) {
      case "status" -> status(exchange, Integer.parseInt(path[2]));
      case "held" -> {
        await(gate(path[2]));
        answer(exchange, 200, "released".getBytes());
      }
      case "flaky" -> {
        var failing = hits(hit.fetchId()).size() <= Integer.parseInt(path[2]);
        answer(exchange, failing ? 503 : 200, "at last".getBytes());
      }
      case "busy" -> {
        if (hits(hit.fetchId()).size() == 1) {
          exchange.getResponseHeaders().add("Retry-After", path[2]);
          answer(exchange, 503, "not now".getBytes());
        } else {
          answer(exchange, 200, "now".getBytes());
        }
      }
      case "redirect" -> {
        exchange.getResponseHeaders().add("Location", exchange.getRequestURI().getQuery());
        status(exchange, Integer.parseInt(path[2]));
      }
      case "drop" -> exchange.close();
      case "never" -> await(new CountDownLatch(1));
      case "echo" -> {
        if (path.length > 2) {
          await(gate(path[2]));
        }
        answer(exchange, 200, hit.body());
      }
      case "binary" -> answer(exchange, 200, BINARY);
      case "cookies" -> {
        exchange.getResponseHeaders().add("Set-Cookie", "a=1");
        exchange.getResponseHeaders().add("Set-Cookie", "b=2");
        answer(exchange, 200, new byte[0]);
      }
      default -> answer(exchange, 200, "ok".getBytes());
    }
  }

  private synchronized Hit remember(HttpExchange exchange) throws IOException {
    var headers = exchange.getRequestHeaders();
    var hit =
        new Hit(
            headers.getFirst("Retriever-Fetch-Id"),
            headers.getFirst("Retriever-Attempt"),
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            headers,
            exchange.getRequestBody().readAllBytes());
    hits.add(hit);
    notifyAll();
    return hit;
  }

  private CountDownLatch gate(String name) {
    return gates.computeIfAbsent(name, n -> new CountDownLatch(1));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void status(HttpExchange exchange, int status) throws IOException {
    answer(exchange, status, status == 204 ? new byte[0] : "as asked".getBytes());
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
