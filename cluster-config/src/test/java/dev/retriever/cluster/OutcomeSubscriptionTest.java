package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Outcomes are told as they come, and from where their subscriber was. */
@ExtendWith(SharedNode.class)
class OutcomeSubscriptionTest {
  private final RunningNode node;
  private final Api api;
  private final TestTarget target;

  OutcomeSubscriptionTest(RunningNode node, TestTarget target) {
    this.node = node;
    this.api = node.api();
    this.target = target;
  }

  private void settle(String originId, String... ids) {
    for (var id : ids) {
      var spec = json("{'id': '%s', 'request': {'url': '%s'}}", id, target.url("/ok"));
      assertThat(api.settled(originId, spec).at("/state")).isEqualTo("settled");
    }
  }

  private Subscription open(String face, String originId, String query) {
    var path = Subscription.path(originId) + query;
    return face.equals("stream") ? Subscription.stream(api, path) : Subscription.socket(api, path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"stream", "socket"})
  void an_event_has_the_whole_fetch_that_settled(String face) {
    var origin = "told-on-" + face;
    settle(origin, "before");
    try (var subscription = open(face, origin, "")) {
      settle(origin, "after");

      var event = subscription.next("outcome");

      assertThat(event.json()).isEqualTo(api.get(fetch(origin, "after")).json());
      assertThat(event.id()).startsWith("4-");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stream", "socket"})
  void from_the_start_it_is_told_all_that_is_kept_and_then_what_comes(String face) {
    var origin = "from-start-on-" + face;
    settle(origin, "a", "b");
    try (var subscription = open(face, origin, "?from=start")) {
      assertThat(subscription.fetches(2)).containsExactly("a", "b");
      settle(origin, "c");
      assertThat(subscription.fetches(1)).containsExactly("c");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stream", "socket"})
  void resumed_it_goes_on_behind_the_event_that_was_seen_last(String face) {
    var origin = "resumed-on-" + face;
    String seen;
    try (var subscription = open(face, origin, "")) {
      settle(origin, "a");
      subscription.fetches(1);
      seen = subscription.lastId();
    }
    settle(origin, "b", "c");

    try (var again = open(face, origin, "?lastEventId=" + seen)) {
      settle(origin, "d");
      assertThat(again.fetches(3)).containsExactly("b", "c", "d");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stream", "socket"})
  void an_id_from_before_the_origin_was_gone_resets_it_and_skips_nothing(String face) {
    var origin = "reset-on-" + face;
    var none = "none-on-" + face;
    settle(origin, "a", "b");
    for (var seen : new String[] {"3-10", "57-10", "3", "57"}) {
      try (var subscription = open(face, origin, "?lastEventId=" + seen)) {
        assertThat(subscription.next("reset").id()).startsWith("0-");
        assertThat(subscription.fetches(2)).containsExactly("a", "b");
      }
    }
    for (var seen : new String[] {"57-10", "57"}) {
      try (var subscription = open(face, none + seen, "?lastEventId=" + seen)) {
        assertThat(subscription.next("reset").id()).isEqualTo("0");
        settle(none + seen, "a");
        assertThat(subscription.fetches(1)).containsExactly("a");
      }
    }
  }

  @Test
  void it_can_be_resumed_before_anything_was_told() {
    settle("silent", "a");
    String begin;
    try (var subscription = Subscription.stream(api, Subscription.path("silent"))) {
      begin = subscription.lastId();
    }
    settle("silent", "b");

    try (var again =
        Subscription.stream(api, Subscription.path("silent"), "Last-Event-ID", begin)) {
      assertThat(again.fetches(1)).containsExactly("b");
    }
  }

  @Test
  void the_header_counts_before_what_the_url_still_says() {
    settle("both", "a");
    String seen;
    try (var subscription = Subscription.stream(api, Subscription.path("both"))) {
      seen = subscription.lastId();
    }
    settle("both", "b");
    var path = Subscription.path("both") + "?from=start&lastEventId=0";

    try (var subscription = Subscription.stream(api, path, "Last-Event-ID", seen)) {
      assertThat(subscription.fetches(1)).containsExactly("b");
    }
  }

  @ParameterizedTest
  @CsvSource({"?lastEventId=x", "?lastEventId=-1", "?lastEventId=7-", "?from=now", "?from="})
  void a_place_that_makes_no_sense_is_refused(String query) {
    var path = Subscription.path("nowhere") + query;

    var answer = api.get(path, "Accept", "text/event-stream");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("Content-Type")).contains("application/problem+json");
    assertThat(answer.at("/type")).isEqualTo("/problems/malformed-request");
    assertThatThrownBy(() -> Subscription.socket(api, path))
        .hasCauseInstanceOf(WebSocketHandshakeException.class);
  }

  @Test
  void a_stream_asks_proxies_neither_to_buffer_nor_to_keep_it() throws Exception {
    var url = URI.create(api.url());
    try (var socket = new Socket(url.getHost(), url.getPort())) {
      var request = "GET " + Subscription.path("proxied") + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      var head = Stream.generate(() -> line(lines)).takeWhile(line -> !line.isEmpty()).toList();

      assertThat(head).contains("X-Accel-Buffering: no", "Cache-Control: no-cache");
    }
  }

  private static String line(BufferedReader reader) {
    try {
      return reader.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_client_that_does_not_accept_streams_is_refused() {
    var answer = api.get(Subscription.path("json"), "Accept", "application/json");

    assertThat(answer.status()).isEqualTo(406);
    assertThat(answer.at("/detail")).contains("text/event-stream");
  }

  @Test
  void a_body_that_is_too_large_to_be_told_is_left_out() {
    var body = "x".repeat(70_000);
    var spec =
        json(
            "{'id': 'large', 'request': {'method': 'POST', 'url': '%s', 'body': '%s'}}",
            target.url("/echo"), body);
    assertThat(api.settled("omitting", spec).at("/outcome/body")).hasSize(body.length());

    try (var subscription = open("stream", "omitting", "?from=start")) {
      var told = subscription.next("outcome").json().at("/outcome");
      assertThat(told.get("bodyOmitted").asInt()).isEqualTo(body.length());
      assertThat(told.has("body")).isFalse();
      assertThat(told.get("headers").size()).isPositive();
    }
  }

  @Test
  void many_that_settle_at_once_are_told_once_each_and_in_order() {
    var ids = IntStream.range(0, 200).mapToObj(i -> "f" + i).toList();
    try (var live = open("stream", "many", "");
        var other = open("socket", "many", "")) {
      ids.forEach(
          id ->
              api.submit(
                  "many", json("{'id': '%s', 'request': {'url': '%s'}}", id, target.url("/ok"))));
      var told = live.fetches(ids.size());
      assertThat(told).containsExactlyInAnyOrderElementsOf(ids);
      assertThat(other.fetches(ids.size())).isEqualTo(told);
      try (var late = open("stream", "many", "?from=start")) {
        assertThat(late.fetches(ids.size())).isEqualTo(told);
      }
    }
  }

  @Test
  void several_origins_share_a_socket_and_each_message_says_whose_it_is() {
    settle("shared-a", "before");
    try (var subscription =
        Subscription.shared(
            api,
            json("{'origin': 'shared-a', 'from': 'start'}"),
            json("{'origin': 'shared-b', 'lastEventId': '0'}"))) {
      settle("shared-b", "b");
      assertThat(subscription.next("shared-boutcome").json().at("/id").asText()).isEqualTo("b");
    }
    try (var subscription =
        Subscription.shared(api, json("{'origin': 'shared-a', 'from': 'start'}"))) {
      assertThat(subscription.next("shared-aoutcome").json().at("/id").asText())
          .isEqualTo("before");
    }
  }

  /** An id of this count, and of a row that is not there yet. */
  private String beyond(String origin) {
    try (var subscription = Subscription.stream(api, Subscription.path(origin))) {
      var id = subscription.lastId();
      return "7000" + id.substring(id.indexOf('-'));
    }
  }

  @Test
  void a_place_beyond_the_newest_of_this_count_is_refused() {
    settle("beyond", "a");
    var path = Subscription.path("beyond") + "?lastEventId=" + beyond("beyond");

    var answer = api.get(path, "Accept", "text/event-stream");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.at("/detail")).contains("7000");
  }

  @Test
  void an_invalid_subscription_is_refused_and_does_not_disturb_the_others() {
    settle("far", "a");
    try (var subscription =
        Subscription.shared(
            api,
            "nonsense",
            json("{'origin': '/'}"),
            json("{'origin': 'far', 'lastEventId': '%s'}", beyond("far")),
            json("{'origin': 'unharmed'}"))) {
      assertThat(subscription.next("nonsenserefused").json().at("/type").asText())
          .isEqualTo("/problems/malformed-json");
      assertThat(subscription.next("farrefused").json().at("/status").asInt()).isEqualTo(400);
      settle("unharmed", "u");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/outcomes, true",
    "/v1/outcomes, false",
    "/v1/origins/endless/outcomes, true",
    "/v1/origins/endless/outcomes, false"
  })
  void a_message_without_end_ends_its_connection_and_nothing_else(String path, boolean isText) {
    try (var other = open("socket", "unharmed-by-endless", "")) {
      // What the kernel buffers between the two is megabytes.
      assertThat(Subscription.endless(api, path, isText, 64 << 20)).isLessThan(48L << 20);

      var id = (isText ? "text" : "binary") + path.length();
      settle("unharmed-by-endless", id);
      assertThat(other.fetches(1)).containsExactly(id);
    }
  }

  @Test
  void an_origin_that_is_subscribed_to_twice_on_a_connection_is_told_once() {
    try (var subscription =
        Subscription.shared(
            api,
            json("{'origin': 'twice', 'lastEventId': '0'}"),
            json("{'origin': 'twice', 'lastEventId': '0'}"),
            json("{'origin': 'twice'}"))) {
      subscription.next("twicebegin");
      settle("twice", "a", "b");

      assertThat(subscription.next("twiceoutcome").json().at("/id").asText()).isEqualTo("a");
      assertThat(subscription.next("twiceoutcome").json().at("/id").asText()).isEqualTo("b");
      Eventually.becomes(1L, () -> node.stat("/subscriptions"));
    }
  }
}
