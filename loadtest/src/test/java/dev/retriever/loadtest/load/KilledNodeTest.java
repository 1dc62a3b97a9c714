package dev.retriever.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.server.TargetServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real node process, killed hard between acceptance and settlement. */
class KilledNodeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir private Path directory;

  @Test
  void accepted_fetches_settle_after_kill_9_without_being_asked_for() throws Exception {
    try (var target = TargetServer.start(0, Optional.empty());
        var node = NodeProcess.ofClassPath(directory.resolve("data"), directory.resolve("log"));
        var api = new Api()) {
      var url = "http://127.0.0.1:" + target.port();
      node.start();
      submit(api, node, "get", Submission.get(URI.create(url + "/delay/1500")));
      submit(api, node, "post", Submission.post(URI.create(url + "/delay/1500"), "once"));
      submit(api, node, "keyed", Submission.post(URI.create(url + "/delay/1500"), "x").keyed("k"));
      submit(api, node, "done", Submission.get(URI.create(url + "/uuid")));
      var done = api.read(node.api(), "o-done", "done", Optional.of(PATIENCE)).join();
      await(() -> target.hits().keySet().containsAll(java.util.List.of("get", "post", "keyed")));

      node.kill();
      node.start();
      await(() -> settled(node, "answered") == 2 && settled(node, "unknown") == 1);

      // Only now is any of them asked for.
      assertThat(outcome(api, node, "get").type()).isEqualTo("answered");
      assertThat(outcome(api, node, "keyed").type()).isEqualTo("answered");
      assertThat(outcome(api, node, "post"))
          .extracting(FetchAnswer.Outcome::type, FetchAnswer.Outcome::reason)
          .containsExactly("unknown", Optional.of("executor-lost"));
      assertThat(outcome(api, node, "done")).isEqualTo(done.outcome().orElseThrow());
      assertThat(target.hits())
          .containsEntry("get", Map.of(1, 1, 2, 1))
          .containsEntry("keyed", Map.of(1, 1, 2, 1))
          .containsEntry("post", Map.of(1, 1))
          .containsEntry("done", Map.of(1, 1));
    }
  }

  /** Their time is not over before a slow machine has started the node again. */
  private static void submit(Api api, NodeProcess node, String id, Submission spec) {
    var json = spec.timeout("5m").within("10m").json(id);
    api.submit(node.api(), "o-" + id, json, Optional.empty()).join();
  }

  private static FetchAnswer.Outcome outcome(Api api, NodeProcess node, String id) {
    return api.read(node.api(), "o-" + id, id, Optional.empty()).join().outcome().orElseThrow();
  }

  private int settled(NodeProcess node, String how) {
    return stats(node).path("settled").path(how).asInt();
  }

  private JsonNode stats(NodeProcess node) {
    try {
      var request = HttpRequest.newBuilder(node.management().resolve("/stats")).build();
      return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /** Another process is awaited here, so there is no virtual time to move. */
  private static void await(BooleanSupplier condition) {
    var limit = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("awaited for " + PATIENCE).isLessThan(limit);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
