package dev.retriever.loadtest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.Retriever;
import dev.retriever.origin.Origins;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.HdrHistogram.ConcurrentHistogram;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A service that uses the library, in a process of its own: {@link Sleeper}s, told over HTTP to set
 * alarms, and what became of these. The one place here that calls into the library, as its users
 * do.
 */
final class AlarmNode {
  private static final String TYPE = "sleeper";
  private static final Duration ANSWERING_LIMIT = Duration.ofSeconds(50);

  private final ConcurrentHistogram lateMillis =
      new ConcurrentHistogram(TimeUnit.HOURS.toMillis(1), 3);
  private Origins<Sleeper.Command> origins;
  private long fired;
  private long early;
  private long woken;
  private long firstWoken;
  private long lastWoken;

  private AlarmNode() {}

  /** Takes no arguments; the settings are a node's. Runs until it is stopped. */
  public static void main(String[] args) throws IOException {
    new AlarmNode().start();
  }

  private void start() throws IOException {
    var config = Retriever.prepare(ConfigFactory.load());
    var system = ActorSystem.<Void>create(Behaviors.empty(), "alarms", config);
    var retriever = Retriever.on(system);
    ActorRef<Instant> rang = system.systemActorOf(ringing(), "rang", Props.empty());
    origins = retriever.origins(TYPE, new Sleeper(this::inMemory, rang));
    retriever.joinAlone();
    retriever.start();
    awaitAnswer();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
    var url = "http://127.0.0.1:" + server.getAddress().getPort();
    System.out.printf("retriever node ready api=%s management=%s remoting=none%n", url, url);
  }

  private void awaitAnswer() {
    var until = Instant.now().plus(ANSWERING_LIMIT);
    while (true) {
      try {
        origins.<Sleeper.Found>ask("probe", Sleeper.Get::new).toCompletableFuture().join();
        return;
      } catch (CompletionException e) {
        if (!(e.getCause() instanceof TimeoutException) || Instant.now().isAfter(until)) {
          throw e;
        }
      }
    }
  }

  private Behavior<Instant> ringing() {
    return Behaviors.receiveMessage(
        due -> {
          var late = Duration.between(due, Instant.now()).toMillis();
          synchronized (this) {
            fired++;
            early += late < 0 ? 1 : 0;
          }
          lateMillis.recordValue(
              Math.max(0, Math.min(late, lateMillis.getHighestTrackableValue())));
          return Behaviors.same();
        });
  }

  private synchronized void inMemory() {
    lastWoken = System.nanoTime();
    firstWoken = woken == 0 ? lastWoken : firstWoken;
    woken++;
  }

  private void handle(HttpExchange exchange) throws IOException {
    var parameters = parameters(exchange.getRequestURI().getQuery());
    switch (exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath()) {
      case "POST /set" -> answer(exchange, set(parameters));
      case "GET /origin" ->
          answer(exchange, origins.<Sleeper.Found>ask(parameters.get("id"), Sleeper.Get::new));
      case "POST /forget-woken" -> answer(exchange, forgetWoken());
      case "GET /stats" -> answer(exchange, figures());
      case "GET /heap" -> answer(exchange, "{\"bytes\": %d}".formatted(heap()));
      default -> answer(exchange, 404, "{}");
    }
  }

  private static Map<String, String> parameters(String query) {
    return query == null
        ? Map.of()
        : Arrays.stream(query.split("&"))
            .map(each -> each.split("=", 2))
            .collect(Collectors.toMap(each -> each[0], each -> each[1]));
  }

  private CompletionStage<Sleeper.Found> set(Map<String, String> parameters) {
    var first = Instant.ofEpochMilli(Long.parseLong(parameters.get("first")));
    var every = Duration.ofNanos(1_000 * Long.parseLong(parameters.get("everyMicros")));
    var alarms = Integer.parseInt(parameters.get("alarms"));
    return origins.ask(
        parameters.get("id"), replyTo -> new Sleeper.Wait(alarms, first, every, replyTo));
  }

  private synchronized String forgetWoken() {
    woken = 0;
    return "{}";
  }

  private synchronized String figures() {
    return String.format(
        Locale.ROOT,
        "{\"fired\": %d, \"early\": %d, \"p50\": %d, \"p99\": %d, \"max\": %d,"
            + " \"woken\": %d, \"wakingNanos\": %d, \"originsInMemory\": %d}",
        fired,
        early,
        lateMillis.getValueAtPercentile(50),
        lateMillis.getValueAtPercentile(99),
        lateMillis.getMaxValue(),
        woken,
        woken == 0 ? 0 : lastWoken - firstWoken,
        origins.stats().inMemory());
  }

  /** What is left on the heap when nothing else can be collected. */
  private static long heap() {
    for (var i = 0; i < 3; i++) {
      System.gc();
    }
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static void answer(HttpExchange exchange, CompletionStage<Sleeper.Found> state) {
    state.whenComplete(
        (now, failure) -> {
          if (failure == null) {
            var json =
                "{\"rang\": %d, \"early\": %d, \"pending\": %d}"
                    .formatted(now.rang(), now.early(), now.pending());
            answer(exchange, 200, json);
          } else {
            answer(exchange, 503, failure.toString());
          }
        });
  }

  private static void answer(HttpExchange exchange, String json) {
    answer(exchange, 200, json);
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
