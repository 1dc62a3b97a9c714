package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What bounds subscriptions, and what ends them. */
class OutcomeLimitsTest {
  private static final Pattern SETTLED = Pattern.compile("\"id\":\"f(\\d+)\"");

  private static final String SMALL =
      """
      retriever.node.outcomes {
        max-subscriptions = 2
        heartbeat = 50 ms
        wait = 30 ms
        pause = 50 ms
      }
      retriever.origin { max-waiters = 1, idle = 20 ms }
      """;

  @TempDir private static Path data;
  private static TestTarget target;
  private static RunningNode node;

  @BeforeAll
  static void start() {
    target = new TestTarget();
    node = RunningNode.start(data, RunningNode.MAY_CALL_LOOPBACK, SMALL);
  }

  @AfterAll
  static void stop() {
    node.close();
    target.close();
  }

  @AfterEach
  void allAreGone() {
    Eventually.becomes(0L, () -> node.stat("/subscriptions"));
  }

  private String ok(String id) {
    return json("{'id': '%s', 'request': {'url': '%s'}}", id, target.url("/ok"));
  }

  @Test
  void beyond_the_limit_they_are_refused_and_when_one_ends_there_is_room() {
    var path = Subscription.path("limited");
    try (var one = Subscription.socket(node.api(), path)) {
      try (var two = Subscription.stream(node.api(), path)) {
        var refused = node.api().get(path);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.at("/type")).isEqualTo("/problems/overloaded");
        assertThat(refused.header("Retry-After")).contains("1");
        assertThat(two.lastId()).isEqualTo(one.lastId());
        assertThat(node.stat("/subscriptions")).isEqualTo(2);
      }
      Eventually.becomes(1L, () -> node.stat("/subscriptions"));
      Subscription.socket(node.api(), path).close();
    }
  }

  @Test
  void a_node_that_stops_says_so_to_its_subscribers(@TempDir Path other) {
    var stopping = RunningNode.start(other);
    try (var stream = Subscription.stream(stopping.api(), Subscription.path("o"));
        var socket = Subscription.socket(stopping.api(), Subscription.path("o"))) {
      stopping.close();

      assertThat(stream.next("end").json().get("retryMillis").asInt()).isEqualTo(2000);
      assertThat(socket.next("end").json().get("retryMillis").asInt()).isEqualTo(2000);
      stream.next("over");
      socket.next("over");
    }
  }

  @Test
  void a_stream_that_has_nothing_to_say_sends_heartbeats() {
    try (var stream = Subscription.stream(node.api(), Subscription.path("silent"))) {
      assertThat(stream.next()).isEqualTo(new Subscription.Event("", "", ""));
      assertThat(stream.next()).isEqualTo(new Subscription.Event("", "", ""));
    }
  }

  @Test
  void a_subscriber_that_waits_longer_than_one_wait_gets_the_outcome_all_the_same() {
    try (var stream = Subscription.stream(node.api(), Subscription.path("waiting"))) {
      for (var i = 0; i < 3; i++) {
        assertThat(node.api().settled("waiting", ok("f" + i)).at("/state")).isEqualTo("settled");
        assertThat(stream.fetches(1)).containsExactly("f" + i);
      }
    }
  }

  @Test
  void more_than_may_wait_at_an_origin_are_told_after_a_pause() {
    try (var one = Subscription.stream(node.api(), Subscription.path("crowded"));
        var two = Subscription.stream(node.api(), Subscription.path("crowded"))) {
      node.api().submit("crowded", ok("f"));

      assertThat(one.fetches(1)).containsExactly("f");
      assertThat(two.fetches(1)).containsExactly("f");
    }
  }

  @Test
  void a_slow_subscriber_gets_all_events_later_and_does_not_delay_others() throws Exception {
    var fetches = 150;
    try (var quick = Subscription.stream(node.api(), Subscription.path("o"));
        var slow = unread(node.api(), Subscription.path("o"))) {
      var body = "x".repeat(60_000);
      for (var i = 0; i < fetches; i++) {
        var spec =
            json(
                "{'id': 'f%d', 'request': {'method': 'POST', 'url': '%s', 'body': '%s'}}",
                i, target.url("/echo"), body);
        assertThat(node.api().submit("o", spec).status()).isEqualTo(202);
      }
      var told = quick.fetches(fetches);

      assertThat(ids(slow.getInputStream(), fetches)).isEqualTo(told);
      assertThat(told).doesNotHaveDuplicates();
    }
  }

  @Test
  void readers_that_do_not_read_hold_no_more_than_the_share_and_others_are_told(@TempDir Path other)
      throws Exception {
    var small = "retriever.memory.total = 16 MiB\n retriever.node.outcomes.max-body = 1 MiB";
    try (var tight = RunningNode.start(other, RunningNode.MAY_CALL_LOOPBACK, small)) {
      for (var i = 0; i < 8; i++) {
        tight.api().settled("o", echo("f" + i, 250_000));
      }
      var unread = new ArrayList<Socket>();
      for (var i = 0; i < 20; i++) {
        unread.add(unread(tight.api(), Subscription.path("o") + "?from=start"));
      }
      var limit = tight.stat("/memory/outcomes/limit");
      Eventually.becomes(true, () -> tight.stat("/memory/outcomes/held") > limit / 2);
      try (var reads = Subscription.stream(tight.api(), Subscription.path("o") + "?from=start")) {
        assertThat(tight.stat("/memory/outcomes/held")).isLessThanOrEqualTo(limit);
        assertThat(reads.fetches(8)).hasSize(8);
      }
      for (var socket : unread) {
        socket.close();
      }
      Eventually.becomes(0L, () -> tight.stat("/memory/outcomes/held"));
    }
  }

  @Test
  void an_answer_that_nobody_takes_is_counted_and_others_are_refused_until_it_is_gone(
      @TempDir Path other) throws Exception {
    var small = "retriever.memory.total = 16 MiB";
    try (var tight = RunningNode.start(other, RunningNode.MAY_CALL_LOOPBACK, small)) {
      var large = Api.fetches("o") + "/large";
      assertThat(tight.api().settled("o", echo("large", 1_000_000)).status()).isEqualTo(200);
      Eventually.becomes(0L, () -> tight.stat("/memory/reads/held"));

      try (var socket = unread(tight.api(), large)) {
        // More than the buffers of the connection take.
        for (var n = 0; n < 40; n++) {
          socket.getOutputStream().write(get(large).getBytes(StandardCharsets.US_ASCII));
        }
        // Others ask when the memory stays taken. Before that, they would have answers of this
        // connection refused, and its buffers would never be full.
        Eventually.becomes(true, () -> always(() -> tight.stat("/memory/reads/held") > 0));
        Eventually.becomes(true, () -> always(() -> tight.api().get(large).status() == 503));

        var refused = tight.api().get(large);
        assertThat(refused.at("/type")).isEqualTo("/problems/overloaded");
        assertThat(refused.header("Retry-After")).isNotEmpty();
        var waited = tight.api().submit("o", echo("other", 200_000), "Prefer", "wait=60");
        assertThat(waited.status()).as("it is accepted all the same").isEqualTo(202);
        assertThat(tight.api().settled("o", echo("tiny", 1)).status()).isEqualTo(200);
      }
      Eventually.becomes(200, () -> tight.api().get(large).status());
      Eventually.becomes(0L, () -> tight.stat("/memory/reads/held"));
    }
  }

  private static boolean always(BooleanSupplier look) {
    return IntStream.range(0, 20).allMatch(n -> look.getAsBoolean());
  }

  private static String echo(String id, int size) {
    return json(
        "{'id': '%s', 'request': {'method': 'POST', 'url': '%s', 'body': '%s'}}",
        id, target.url("/echo"), "x".repeat(size));
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  }

  private static Socket unread(Api api, String path) throws Exception {
    var url = URI.create(api.url());
    var socket = new Socket();
    socket.setReceiveBufferSize(8_192);
    socket.connect(new java.net.InetSocketAddress(url.getHost(), url.getPort()));
    var request =
        "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    socket.getInputStream().read(); // it has begun
    return socket;
  }

  private static java.util.List<String> ids(InputStream stream, int count) throws Exception {
    var seen = new ArrayList<String>();
    var rest = "";
    var bytes = new byte[65_536];
    while (seen.size() < count) {
      var read = stream.read(bytes);
      assertThat(read).as("it ends after " + seen).isPositive();
      var text = rest + new String(bytes, 0, read, StandardCharsets.ISO_8859_1);
      var found = SETTLED.matcher(text);
      var end = 0;
      while (found.find()) {
        seen.add("f" + found.group(1));
        end = found.end();
      }
      rest = text.substring(Math.max(end, text.length() - 20));
    }
    assertThat(IntStream.range(0, count).mapToObj(i -> "f" + i)).containsAll(seen);
    return seen;
  }
}
