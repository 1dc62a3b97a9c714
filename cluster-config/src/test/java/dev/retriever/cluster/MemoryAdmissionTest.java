package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node with so little memory that one upload takes all there is for uploads. */
class MemoryAdmissionTest {
  private static final int LARGE = 500_000;
  private static final String TIGHT = "retriever.memory.total = 8 MiB";

  private static final String ONE_SOCKET = "retriever.node.outcomes.max-sockets = 1";

  @TempDir private static Path dataDir;
  private static TestTarget target;
  private static RunningNode node;

  @BeforeAll
  static void start() {
    target = new TestTarget();
    node = RunningNode.start(dataDir, RunningNode.MAY_CALL_LOOPBACK, TIGHT, ONE_SOCKET);
  }

  @AfterAll
  static void stop() {
    node.close();
    target.close();
  }

  private static String fetch(String id, int size) {
    return json(
        "{'id': '%s', 'request': {'method': 'POST', 'url': '%s', 'body': '%s'}}",
        id, target.url("/ok"), "b".repeat(size));
  }

  /** A submission of which one half has been sent. */
  private static final class HalfSent implements AutoCloseable {
    private final Socket socket;
    private final byte[] body;

    HalfSent(String origin, String fetch, boolean chunked) throws IOException {
      body = fetch.getBytes(StandardCharsets.UTF_8);
      socket = connect();
      var length =
          chunked ? "Transfer-Encoding: chunked" : "Content-Length: %d".formatted(body.length);
      send(head(origin, length) + "\r\n");
      if (chunked) {
        send(Integer.toHexString(body.length) + "\r\n");
      }
      socket.getOutputStream().write(body, 0, body.length / 2);
      socket.getOutputStream().flush();
    }

    private void send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
    }

    String finished() throws IOException {
      socket.getOutputStream().write(body, body.length / 2, body.length - body.length / 2);
      return status(socket);
    }

    boolean isOpen() {
      return !socket.isClosed();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static Socket connect() throws IOException {
    var api = URI.create(node.api().url());
    var socket = new Socket(api.getHost(), api.getPort());
    socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(60));
    return socket;
  }

  private static String head(String origin, String more) {
    return """
    POST %s HTTP/1.1\r
    Host: 127.0.0.1\r
    Content-Type: application/json\r
    %s\r
    """
        .formatted(Api.fetches(origin), more);
  }

  private static String status(Socket socket) throws IOException {
    return new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine();
  }

  private static void nothingIsHeld() {
    Eventually.becomes(0L, () -> node.stat("/memory/uploads/held"));
    Eventually.becomes(0L, () -> node.stat("/memory/journal/held"));
  }

  private static void uploading() {
    Eventually.becomes(true, () -> node.stat("/memory/uploads/held") > 0);
  }

  @Test
  void a_submission_without_memory_for_it_is_refused_and_accepted_when_there_is_some()
      throws IOException {
    try (var other = new HalfSent("a", fetch("slow", LARGE), false)) {
      uploading();

      var refused = node.api().submit("b", fetch("f", LARGE));

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.at("/type")).isEqualTo("/problems/overloaded");
      assertThat(refused.header("Retry-After")).isPresent();
      assertThat(other.finished()).contains("202");
    }
    nothingIsHeld();
    assertThat(node.api().settled("b", fetch("f", LARGE)).at("/outcome/status")).isEqualTo("200");
    assertThat(node.api().settled("/v1/origins/a/fetches/slow").at("/outcome/status"))
        .isEqualTo("200");
  }

  @Test
  void a_client_that_expects_100_continue_is_refused_before_the_body() throws IOException {
    try (var other = new HalfSent("c", fetch("slow", LARGE), false);
        var socket = connect()) {
      uploading();
      var head = head("d", "Content-Length: %d\r\nExpect: 100-continue".formatted(LARGE));

      socket.getOutputStream().write((head + "\r\n").getBytes(StandardCharsets.US_ASCII));

      assertThat(status(socket)).contains("503");
      assertThat(other.finished()).contains("202");
    }
    nothingIsHeld();
  }

  @Test
  void a_body_without_a_length_is_let_in_by_and_by() throws IOException {
    try (var other = new HalfSent("e", fetch("slow", LARGE), true)) {
      uploading();
      var chunked =
          node.api()
              .sendInChunks(
                  Api.fetches("g"),
                  fetch("f", LARGE).getBytes(StandardCharsets.UTF_8),
                  "Content-Type",
                  "application/json");

      assertThat(other.isOpen()).isTrue();
      assertThat(chunked.status()).isEqualTo(503);
      assertThat(node.stat("/memory/uploads/refused")).isPositive();
    }
    nothingIsHeld();
  }

  @Test
  void whatever_becomes_of_a_submission_its_memory_is_given_back() throws IOException {
    var api = node.api();
    assertThat(api.submit("h", "{").status()).isEqualTo(400);
    assertThat(api.submit("h", fetch("no id", 10)).status()).isEqualTo(422);
    assertThat(api.submit("h", fetch("large", 1_100_000)).status()).isEqualTo(413);
    assertThat(api.submit("h", "x".repeat(3_000_000)).status()).isEqualTo(413);
    assertThat(api.submit("h", fetch("f", 10)).status()).isEqualTo(202);
    assertThat(api.submit("h", fetch("f", 11)).at("/type"))
        .isEqualTo("/problems/idempotency-key-reused");
    nothingIsHeld();
    isGivenBackWithItsConnection(false);
    isGivenBackWithItsConnection(true);
  }

  /** The node must have seen the upload, or it takes the memory of the next test. */
  private static void isGivenBackWithItsConnection(boolean chunked) throws IOException {
    try (var gone = new HalfSent("h", fetch("gone", LARGE), chunked)) {
      uploading();
      assertThat(gone.isOpen()).isTrue();
    }
    nothingIsHeld();
  }

  @Test
  void a_redrive_without_memory_for_it_is_refused_before_the_old_request_is_read()
      throws Exception {
    node.api().settled("i", fetch("old", 10));
    node.deleteRow("i", 1);
    var path = Api.fetch("i", "old") + "/redrive";
    try (var other = new HalfSent("j", fetch("slow", LARGE), false)) {
      uploading();

      var refused = node.api().send("POST", path, null);

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.at("/type")).isEqualTo("/problems/overloaded");
      assertThat(other.finished()).contains("202");
    }
    nothingIsHeld();
    assertThat(node.api().send("POST", path, null).at("/type")).isEqualTo("/problems/request-gone");
    nothingIsHeld();
  }

  private static String upgraded(Socket socket) throws IOException {
    var head =
        """
        GET /v1/outcomes HTTP/1.1\r
        Host: 127.0.0.1\r
        Connection: Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        \r
        """;
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    return status(socket);
  }

  private static String upgraded() {
    try (var socket = connect()) {
      return upgraded(socket);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void connections_for_outcomes_are_counted_whether_they_subscribe_or_not() throws IOException {
    try (var first = connect()) {
      assertThat(upgraded(first)).contains("101");
      assertThat(upgraded()).contains("503");
    }
    Eventually.becomes(true, () -> upgraded().contains("101"));
  }

  private static Api.Answer batch(String origin, int count) {
    var fetches =
        IntStream.range(0, count)
            .mapToObj(
                n ->
                    json(
                        "{'id': 'f%d', 'request': {'method': 'POST', 'url': '%s', 'body': '%s'}}",
                        n, target.url("/held/" + origin), "b".repeat(16_000)))
            .collect(Collectors.joining(","));
    return node.api().post(Api.fetches(origin) + ":batch", "{\"fetches\":[" + fetches + "]}");
  }

  /** Half of the memory for open fetches is that of 33 of them. */
  @Test
  void the_memory_for_open_fetches_counts_all_of_a_batch() {
    nothingIsHeld();
    var refused = batch("batched", 60);

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.at("/type")).isEqualTo("/problems/too-many-pending");
    assertThat(node.api().get(Api.fetch("batched", "f0")).status()).isEqualTo(404);
    nothingIsHeld();
    assertThat(batch("batched", 20).status()).isEqualTo(202);

    target.release("batched");
    for (var n = 0; n < 20; n++) {
      node.api().settled(Api.fetch("batched", "f" + n));
    }
    Eventually.becomes(0L, () -> node.stat("/memory/open/held"));
  }

  @Test
  void one_origin_may_hold_half_of_the_memory_for_open_fetches() {
    var held = 0;
    var refused = 0;
    for (var n = 0; refused == 0 && n < 200; n++) {
      var fetch =
          json(
              "{'id': 'f%d', 'request': {'method': 'POST', 'url': '%s', 'body': '%s'}}",
              n, target.url("/held/half"), "b".repeat(16_000));
      var answer = node.api().submit("greedy", fetch);
      if (answer.status() == 202) {
        held++;
      } else {
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.at("/type")).isEqualTo("/problems/too-many-pending");
        assertThat(answer.header("Retry-After")).isPresent();
        refused++;
      }
    }
    assertThat(held).isBetween(10, 80);
    assertThat(node.api().submit("modest", fetch("f", 1_000)).status()).isEqualTo(202);

    target.release("half");
    for (var n = 0; n < held; n++) {
      var path = Api.fetch("greedy", "f" + n);
      assertThat(node.api().settled(path).at("/outcome/status")).isEqualTo("200");
    }
    Eventually.becomes(0L, () -> node.stat("/memory/open/held"));
    assertThat(node.api().submit("greedy", fetch("later", 16_000)).status()).isEqualTo(202);
  }
}
