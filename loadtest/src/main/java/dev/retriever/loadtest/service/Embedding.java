package dev.retriever.loadtest.service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.Retriever;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Origins;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A service in its own process that uses the library as users do. It prints the ready line of a
 * node and takes HTTP calls.
 */
final class Embedding {
  private static final int ANSWERING_LIMIT_SECONDS = 50;

  private Embedding() {}

  /** Answers a call with JSON. */
  interface Handler {
    /** A failure is answered with 503. */
    CompletionStage<String> handle(Map<String, String> parameters) throws Exception;
  }

  /** Starts origins of one type in a cluster of this node alone; returns when they answer. */
  static <C> Origins<C> start(String type, Function<ActorSystem<?>, Origin<C, ?, ?>> definition) {
    var config = Retriever.prepare(ConfigFactory.load());
    var system = ActorSystem.<Void>create(Behaviors.empty(), type, config);
    var retriever = Retriever.on(system);
    var origins = retriever.origins(type, definition.apply(system));
    retriever.joinAlone();
    retriever.start();
    awaitAnswer(origins);
    return origins;
  }

  private static void awaitAnswer(Origins<?> origins) {
    var until = Instant.now().plus(ANSWERING_LIMIT_SECONDS, ChronoUnit.SECONDS);
    while (true) {
      try {
        origins.operations().view("probe", 0).toCompletableFuture().join();
        return;
      } catch (CompletionException e) {
        if (!(e.getCause() instanceof TimeoutException) || Instant.now().isAfter(until)) {
          throw e;
        }
      }
    }
  }

  /**
   * Listens on 127.0.0.1, and prints that it is ready as a node does.
   *
   * @param handlers handlers by method and path, such as {@code "POST /set"}
   */
  static void serve(Map<String, Handler> handlers) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> handle(exchange, handlers));
    server.start();
    var url = "http://127.0.0.1:" + server.getAddress().getPort();
    System.out.printf("retriever node ready api=%s management=%s remoting=none%n", url, url);
  }

  private static void handle(HttpExchange exchange, Map<String, Handler> handlers) {
    var what = handlers.get(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
    if (what == null) {
      answer(exchange, 404, "{}");
      return;
    }
    try {
      what.handle(parameters(exchange.getRequestURI().getQuery()))
          .whenComplete(
              (json, failure) ->
                  answer(
                      exchange,
                      failure == null ? 200 : 503,
                      failure == null ? json : failure.toString()));
    } catch (Exception e) {
      answer(exchange, 503, e.toString());
    }
  }

  private static Map<String, String> parameters(String query) {
    return query == null
        ? Map.of()
        : Arrays.stream(query.split("&"))
            .map(each -> each.split("=", 2))
            .collect(Collectors.toMap(each -> each[0], each -> each[1]));
  }

  private static void answer(HttpExchange exchange, int status, String text) {
    try (exchange) {
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (IOException e) {
      System.err.println("could not answer: " + e);
    }
  }
}
