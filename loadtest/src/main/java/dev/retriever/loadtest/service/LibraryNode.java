package dev.retriever.loadtest.service;

import dev.retriever.executor.FetchRequest;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.pace.Progress;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.origin.Definition;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Origins;
import dev.retriever.origin.Serialized;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/**
 * A service in its own process that makes fetches with the library, and the same calls by the JDK's
 * client without durability. An HTTP call starts a loop; its answer has the figures.
 */
public final class LibraryNode {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final int CLIENT_THREADS = 2;

  /** An origin without commands and events. */
  static final class Plain extends Origin<Void, Void, Plain.Nothing> {
    /** Its state. */
    enum Nothing implements Serialized {
      NOTHING
    }

    @Override
    protected Nothing emptyState() {
      return Nothing.NOTHING;
    }

    @Override
    protected Nothing apply(Nothing state, Void event) {
      return state;
    }

    @Override
    protected void define(Definition<Void, Void, Nothing> on) {}
  }

  private final Origins<Void> origins;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(
              Executors.newFixedThreadPool(
                  CLIENT_THREADS,
                  task -> {
                    var thread = new Thread(task, "direct");
                    thread.setDaemon(true);
                    return thread;
                  }))
          .build();

  private LibraryNode(Origins<Void> origins) {
    this.origins = origins;
  }

  /** Takes no arguments; the settings are a node's. Runs until it is stopped. */
  public static void main(String[] args) throws IOException {
    var node = new LibraryNode(Embedding.start("plain", system -> new Plain()));
    Embedding.serve(Map.of("POST /fetch", node::fetch, "POST /direct", node::direct));
  }

  private CompletionStage<String> fetch(Map<String, String> how) throws InterruptedException {
    var prefix = how.get("prefix");
    var spread = Integer.parseInt(how.get("origins"));
    var spec =
        FetchSpec.of(FetchRequest.get(how.get("url")))
            .timeout(Duration.ofSeconds(30))
            .within(Duration.ofMinutes(1));
    return loop(
        how,
        i -> {
          var origin = spread == 0 ? prefix + "-" + i : "o-" + i % spread;
          var id = prefix + "-" + i;
          return origins
              .submit(origin, id, spec)
              .thenCompose(accepted -> origins.await(origin, id, WAIT))
              .thenAccept(LibraryNode::mustBeSettled)
              .toCompletableFuture();
        });
  }

  private static void mustBeSettled(Origins.Answer answer) {
    if (answer.fetch().flatMap(fetch -> fetch.settledAt()).isEmpty()) {
      throw new IllegalStateException("not settled: " + answer);
    }
  }

  private CompletionStage<String> direct(Map<String, String> how) throws InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(how.get("url"))).timeout(WAIT).build();
    return loop(
        how,
        i ->
            client
                .sendAsync(request, BodyHandlers.ofByteArray())
                .thenAccept(
                    response -> {
                      if (response.statusCode() != 200) {
                        throw new IllegalStateException("status " + response.statusCode());
                      }
                    }));
  }

  private static CompletionStage<String> loop(
      Map<String, String> how, IntFunction<CompletableFuture<?>> call) throws InterruptedException {
    var latency = Phase.histogram();
    var driven =
        ClosedLoop.run(
            Integer.parseInt(how.get("fetches")),
            Integer.parseInt(how.get("concurrency")),
            Phase.timed(latency, call),
            Progress.NONE);
    return CompletableFuture.completedFuture(json(driven, latency));
  }

  private static String json(ClosedLoop.LoopResult driven, Histogram latency) {
    return String.format(
        Locale.ROOT,
        "{\"seconds\": %.4f, \"ended\": %d, \"failed\": %d, \"p50\": %.3f, \"p99\": %.3f,"
            + " \"failure\": \"%s\"}",
        driven.elapsed().toNanos() / 1e9,
        driven.ended(),
        driven.failed(),
        Phase.millis(latency, 50),
        Phase.millis(latency, 99),
        driven.firstFailure().map(why -> why.replaceAll("[^ -~]|[\"\\\\]", "'")).orElse(""));
  }
}
