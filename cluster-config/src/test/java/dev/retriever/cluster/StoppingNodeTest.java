package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever waits at a node that stops is told so at once, and no connection is reset. */
class StoppingNodeTest {
  private static final int CALLERS = 8;
  private static final Pattern READY = Pattern.compile("retriever node ready api=(\\S+) .*");

  /** Far less than what attempts have to end. */
  private static final Duration SOON = Duration.ofSeconds(4);

  private static final String SLOW_DRAIN = "retriever.executor.drain.finish = 20 s";

  @TempDir private Path directory;

  /** Those who wait: for fetches that are there already, and for some that they submit. */
  private static List<CompletableFuture<Api.Answer>> waiting(Api api, TestTarget target) {
    var held = json("{'request': {'url': '%s'}}", target.url("/held/stopping"));
    var answers = new ArrayList<CompletableFuture<Api.Answer>>();
    for (var i = 0; i < CALLERS; i++) {
      var origin = "o" + i;
      api.submit(origin, held, "Idempotency-Key", "f");
      answers.add(api.getLater(fetch(origin, "f"), "Prefer", "wait=60"));
      answers.add(
          CompletableFuture.supplyAsync(
              () -> api.submit(origin, held, "Prefer", "wait=60", "Idempotency-Key", "g")));
      Eventually.becomes(200, () -> api.get(fetch(origin, "g")).status());
    }
    return answers;
  }

  private static void areToldToGoElsewhere(List<CompletableFuture<Api.Answer>> answers) {
    var soon = CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
    assertThat(soon).succeedsWithin(SOON);
    for (var each : answers) {
      var answer = each.join();
      assertThat(answer.status()).as(answer.text()).isEqualTo(503);
      assertThat(answer.at("/type")).isEqualTo("/problems/not-ready");
      assertThat(answer.header("Retry-After")).contains("1");
    }
  }

  /** Fails when the connection is reset. */
  private static String untilItCloses(Api api, String path) {
    var url = URI.create(api.url());
    try (var socket = new Socket(url.getHost(), url.getPort())) {
      var request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nPrefer: wait=60\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void waiting_callers_are_answered_before_attempts_have_ended() {
    try (var target = new TestTarget()) {
      var node = RunningNode.start(directory, RunningNode.MAY_CALL_LOOPBACK, SLOW_DRAIN);
      var answers = waiting(node.api(), target);
      var wire = CompletableFuture.supplyAsync(() -> untilItCloses(node.api(), fetch("o0", "f")));
      Eventually.becomes(true, () -> node.stat("/originsInMemory") > 0);

      var stopped = CompletableFuture.runAsync(node::close);

      areToldToGoElsewhere(answers);
      assertThat(wire).succeedsWithin(SOON);
      assertThat(wire.join()).startsWith("HTTP/1.1 503 ").contains("/problems/not-ready");
      assertThat(stopped).as("attempts may still end").isNotDone();
      target.release("stopping");
      assertThat(stopped).succeedsWithin(Duration.ofSeconds(60));
    }
  }

  @Test
  void a_process_that_is_told_to_end_answers_who_waits_and_ends_subscriptions() throws Exception {
    try (var target = new TestTarget()) {
      var process = process();
      try (var lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        var api = new Api(api(lines));
        var answers = waiting(api, target);
        try (var stream = Subscription.stream(api, Subscription.path("o0"));
            var socket = Subscription.socket(api, Subscription.path("o0"));
            var shared = Subscription.shared(api, json("{'origin': 'o1'}"));
            var silent = Subscription.shared(api)) {
          shared.next("o1begin");

          process.destroy();

          areToldToGoElsewhere(answers);
          stream.next("end");
          socket.next("end");
          shared.next("o1end");
          for (var subscription : List.of(stream, socket, shared, silent)) {
            assertThat(CompletableFuture.runAsync(() -> subscription.next("over")))
                .succeedsWithin(SOON);
          }
          assertThat(process.isAlive()).as("attempts may still end").isTrue();
        }
        target.release("stopping");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private Process process() throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder =
        new ProcessBuilder(
            java,
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName());
    builder.redirectError(directory.resolve("stderr").toFile());
    var environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("RETRIEVER_"));
    environment.put("RETRIEVER_HTTP_PORT", "0");
    environment.put("RETRIEVER_MANAGEMENT_PORT", "0");
    environment.put("RETRIEVER_REMOTING_PORT", "0");
    environment.put("RETRIEVER_DATA_DIR", directory.resolve("data").toString());
    environment.put("RETRIEVER_EGRESS_ALLOW", "127.0.0.0/8");
    environment.put("RETRIEVER_DRAIN", "20s");
    return builder.start();
  }

  private static String api(BufferedReader lines) throws IOException {
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      var ready = READY.matcher(line);
      if (ready.matches()) {
        return ready.group(1);
      }
    }
    throw new AssertionError("the node ended before it was ready");
  }
}
