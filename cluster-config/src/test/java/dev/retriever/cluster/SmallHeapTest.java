package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is submitted, of whatever size and however much at once, by whichever face, and whoever
 * does not read: a node with a small heap does not run out of memory, loses nothing that it has
 * accepted, and says what it refuses. From a seed; {@code -Dretriever.small-heap.rounds=50} tries
 * harder, with up to 5,000 at once.
 */
class SmallHeapTest {
  private static final String HEAP = "256m";
  private static final int ROUNDS = Integer.getInteger("retriever.small-heap.rounds", 3);
  private static final long SEED = Long.getLong("retriever.small-heap.seed", 1);
  private static final int LARGEST = 1_000_000;
  private static final boolean LONG = ROUNDS > 3;

  private static final int READERS = 20;

  /** Large answers are taken one after the other where the heap is small: others come again. */
  private static final int READ_TRIES = 120;

  private static final byte[] BODY = new byte[LARGEST];

  static {
    Arrays.fill(BODY, (byte) 'b');
  }

  @TempDir private Path directory;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** By status and type of problem, how often it was answered. */
  private final Map<String, Integer> answers = new ConcurrentSkipListMap<>();

  /** The paths of what was accepted. */
  private final Map<String, Boolean> accepted = new ConcurrentHashMap<>();

  private final List<String> untold = new ArrayList<>();
  private URI api;

  /** A submission, the same each time that it is repeated. */
  private record Submission(String path, byte[] head, int size, boolean chunked) {
    private static final byte[] TAIL = "\"}}".getBytes(StandardCharsets.US_ASCII);

    HttpRequest.BodyPublisher body() {
      var whole =
          BodyPublishers.concat(
              BodyPublishers.ofByteArray(head),
              BodyPublishers.ofByteArray(BODY, 0, size),
              BodyPublishers.ofByteArray(TAIL));
      return chunked ? BodyPublishers.fromPublisher(whole) : whole;
    }
  }

  @Test
  void a_node_with_a_small_heap_survives_whatever_is_submitted() throws Exception {
    try (var target = new QuietTarget();
        var node = new SmallHeapProcess(HEAP, directory, Main.class)) {
      var ready = node.awaitLine("retriever node ready");
      api = SmallHeapProcess.at(ready, "api");
      var management = new Api(SmallHeapProcess.at(ready, "management").toString());
      var readers = readers();
      for (var round = 0; round < ROUNDS; round++) {
        submitAll(round(round, target));
        assertThat(node.ranOutOfMemory()).as("%s, log %s", answers, node.log()).isFalse();
      }

      assertThat(untold).as("answers: %s", answers).isEmpty();
      assertThat(accepted).as("answers: %s", answers).isNotEmpty();
      allSettle();
      assertThat(node.ranOutOfMemory()).as("%s, log %s", answers, node.log()).isFalse();
      for (var reader : readers) {
        reader.close();
      }
      nothingIsHeld(management);
    }
  }

  @Test
  void a_service_that_submits_by_the_library_survives_what_it_submits() throws Exception {
    var count = LONG ? 5_000 : 200;
    try (var target = new QuietTarget();
        var service =
            new SmallHeapProcess(
                HEAP,
                directory,
                SmallHeapLibrary.class,
                target.url(0, 0).replace("0/0", ""),
                "" + count,
                "" + SEED)) {
      var done = service.awaitLine("done");

      assertThat(service.log()).doesNotContain("OutOfMemoryError");
      assertThat(done).contains("lost=[] held=0").contains("BUSY=");
      assertThat(done).doesNotContain("Exception").doesNotContain("Error");
      assertThat(done).contains("ACCEPTED=");
    }
  }

  /** What a round has much of. */
  private enum Kind {
    /** Large bodies, of many origins. */
    UPLOADS,
    /** Large answers, slowly, to small requests. */
    ANSWERS,
    /** All sizes. */
    MIX
  }

  private List<Submission> round(int round, QuietTarget target) {
    var random = new Random(SEED + round);
    var kind = Kind.values()[round % Kind.values().length];
    var count = LONG ? 1 + random.nextInt(5_000) : 150;
    var bytes = LONG ? 1_000_000_000L : 120_000_000L;
    var origins = random.nextBoolean() && kind == Kind.MIX ? 1 : 1 + random.nextInt(count);
    var all = new ArrayList<Submission>();
    while (all.size() < count && bytes > 0) {
      var size = size(random, kind == Kind.UPLOADS);
      var answer = size(random, kind == Kind.ANSWERS);
      var id = "f" + round + "-" + all.size();
      var head =
          Api.json(
              "{'id': '%s', 'within': '1h', 'request': {'method': 'PUT', 'url': '%s', 'body': '",
              id, target.url(answer, random.nextInt(kind == Kind.ANSWERS ? 5_000 : 500)));
      all.add(
          new Submission(
              Api.fetches("o" + random.nextInt(origins)),
              head.getBytes(StandardCharsets.US_ASCII),
              size,
              random.nextInt(3) == 0));
      bytes -= size + answer;
    }
    return all;
  }

  /** 1 to the largest, and of each order of magnitude as many. */
  private static int size(Random random, boolean large) {
    return large ? LARGEST : (int) Math.pow(LARGEST, random.nextDouble());
  }

  private void submitAll(List<Submission> all) {
    var turns = all.stream().map(each -> submit(each, 0)).toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(turns).orTimeout(10, TimeUnit.MINUTES).join();
  }

  /** What is refused is repeated a few times, as it is said. */
  private CompletableFuture<?> submit(Submission submission, int tries) {
    var request =
        HttpRequest.newBuilder(api.resolve(submission.path()))
            .timeout(Duration.ofMinutes(3))
            .header("Content-Type", "application/json")
            .POST(submission.body())
            .build();
    return client
        .sendAsync(request, BodyHandlers.ofString())
        .handle((answer, failure) -> failure == null ? told(answer) : untold(failure))
        .thenCompose(
            seconds ->
                seconds < 0 || tries == 2
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.supplyAsync(
                            () -> submit(submission, tries + 1),
                            CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS))
                        .thenCompose(again -> again));
  }

  /** After how many seconds to repeat it; less than 0 for never. */
  private long told(HttpResponse<String> answer) {
    answers.merge(answer.statusCode() + " " + type(answer.body()), 1, Integer::sum);
    switch (answer.statusCode()) {
      case 200, 202 -> accepted.put(answer.headers().firstValue("Location").orElseThrow(), true);
      case 429, 503 -> {
        return answer.headers().firstValueAsLong("Retry-After").orElseThrow();
      }
      default -> untold(new AssertionError(answer.statusCode() + " " + answer.body()));
    }
    return -1;
  }

  private static String type(String body) {
    return body.contains("/problems/") ? body.replaceAll("(?s).*/problems/([a-z-]*).*", "$1") : "";
  }

  private long untold(Throwable failure) {
    synchronized (untold) {
      untold.add(failure + " " + failure.getCause());
    }
    return -1;
  }

  /** Half of them by server-sent events, half on WebSockets; none reads what it is sent. */
  private List<Socket> readers() throws IOException {
    var all = new ArrayList<Socket>();
    for (var n = 0; n < READERS; n++) {
      var socket = new Socket();
      socket.setReceiveBufferSize(4096);
      socket.connect(new java.net.InetSocketAddress(api.getHost(), api.getPort()));
      var upgrade =
          """
          Connection: Upgrade\r
          Upgrade: websocket\r
          Sec-WebSocket-Version: 13\r
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
          """;
      var head =
          "GET /v1/origins/o%d/outcomes?from=start HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n"
              .formatted(n / 2, n % 2 == 0 ? "Accept: text/event-stream\r\n" : upgrade);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      all.add(socket);
    }
    return all;
  }

  private void allSettle() throws Exception {
    var most = new Semaphore(20);
    var reads = new ArrayList<CompletableFuture<?>>();
    for (var path : accepted.keySet()) {
      most.acquire();
      reads.add(settled(path, READ_TRIES).whenComplete((end, failure) -> most.release()));
    }
    CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new))
        .orTimeout(10, TimeUnit.MINUTES)
        .join();
  }

  private CompletableFuture<?> settled(String path, int tries) {
    var request =
        HttpRequest.newBuilder(api.resolve(path))
            .timeout(Duration.ofMinutes(3))
            .header("Prefer", "wait=30")
            .build();
    return client
        .sendAsync(request, BodyHandlers.ofString())
        .thenCompose(
            answer -> {
              if (answer.statusCode() == 200 && answer.body().contains("\"settledAt\"")) {
                return CompletableFuture.completedFuture(null);
              }
              var again = tries > 0 && (answer.statusCode() == 200 || answer.statusCode() == 503);
              var seconds = answer.headers().firstValueAsLong("Retry-After").orElse(0);
              return again
                  ? CompletableFuture.supplyAsync(
                          () -> settled(path, tries - 1),
                          CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS))
                      .thenCompose(next -> next)
                  : CompletableFuture.failedFuture(
                      new AssertionError(path + " is lost: " + answer.body()));
            });
  }

  /** Every byte that was taken is given back. */
  private static void nothingIsHeld(Api management) {
    for (var share :
        List.of("uploads", "open", "sending", "answers", "journal", "outcomes", "reads", "bulk")) {
      Eventually.becomes(
          share + " 0",
          () -> share + " " + management.get("/stats").json().at("/memory/" + share + "/held"));
    }
  }
}
