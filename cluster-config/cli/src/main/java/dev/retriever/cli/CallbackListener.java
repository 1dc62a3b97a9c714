package dev.retriever.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.retriever.cli.text.Table;
import dev.retriever.client.webhook.WebhookRefused;
import dev.retriever.client.webhook.Webhooks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A server on 127.0.0.1 that takes callbacks one after the other. Bodies have at most 2 MiB. */
final class CallbackListener implements AutoCloseable {
  private static final int LARGEST_BODY = 2 * 1024 * 1024;
  private static final int BACKLOG = 50;

  private final Webhooks webhooks;
  private final Session session;
  private final HttpServer server;
  private final Semaphore genuine = new Semaphore(0);

  CallbackListener(int port, Webhooks webhooks, Session session) throws IOException {
    this.webhooks = webhooks;
    this.session = session;
    var loopback = InetAddress.getByName("127.0.0.1");
    server = HttpServer.create(new InetSocketAddress(loopback, port), BACKLOG);
    server.createContext("/", this::take);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  /** Whether so many came, within that time if there is one. */
  boolean awaited(int count, Duration atMost) {
    try {
      if (atMost == null) {
        genuine.acquire(count);
        return true;
      }
      return genuine.tryAcquire(count, atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
      var status = body.length > LARGEST_BODY ? 413 : verified(exchange, body);
      exchange.sendResponseHeaders(status, -1);
      genuine.release(status == 204 ? 1 : 0);
    }
  }

  private int verified(HttpExchange exchange, byte[] body) {
    try {
      var id = webhooks.verify(exchange.getRequestHeaders(), body);
      session.say("genuine  " + Table.plain(id + "  " + text(body)));
      return 204;
    } catch (WebhookRefused e) {
      session.say("REFUSED  " + e.getMessage());
      return 400;
    }
  }

  private static String text(byte[] body) {
    return new String(body, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
