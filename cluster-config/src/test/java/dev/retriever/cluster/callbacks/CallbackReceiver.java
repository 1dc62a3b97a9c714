package dev.retriever.cluster.callbacks;

import com.standardwebhooks.Webhook;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Receives callbacks, and keeps them. */
public final class CallbackReceiver implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  public final List<Hit> hits = new CopyOnWriteArrayList<>();

  private record Answer(int status, Map<String, String> headers) {}

  /**
   * @param headers by lower-case name
   */
  public record Hit(String path, Map<String, List<String>> headers, String body, int answered) {
    public String header(String name) {
      return String.join(",", headers.getOrDefault(name, List.of()));
    }

    /** Whether the official library accepts it with that key. */
    public boolean isSignedBy(String key) {
      return isSignedBy(key, body);
    }

    public boolean isSignedBy(String key, String changed) {
      try {
        new Webhook(key).verify(changed, headers);
        return true;
      } catch (Exception e) {
        return false;
      }
    }
  }

  public CallbackReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  public String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /** From now on that path answers so. */
  public void answer(String path, int status, Map<String, String> headers) {
    answers.put(path, new Answer(status, headers));
  }

  public void answer(String path, int status) {
    answer(path, status, Map.of());
  }

  public List<Hit> at(String path) {
    return hits.stream().filter(hit -> hit.path().equals(path)).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      var headers = new TreeMap<String, List<String>>();
      exchange.getRequestHeaders().forEach((name, all) -> headers.put(name.toLowerCase(), all));
      var answer = answers.getOrDefault(path, new Answer(204, Map.of()));
      hits.add(new Hit(path, headers, body, answer.status()));
      answer.headers().forEach(exchange.getResponseHeaders()::add);
      exchange.sendResponseHeaders(answer.status(), -1);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
