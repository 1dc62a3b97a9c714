package dev.retriever.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.client.problem.NoAnswerException;
import dev.retriever.client.problem.ProblemException;
import dev.retriever.client.problem.RetrieverException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RepeatedCallsTest {
  private static final String PENDING =
      """
      {"originId":"o","id":"f","state":"pending","acceptedAt":"2026-01-15T10:00:00Z","attempts":[]}""";
  private static final String SETTLED =
      """
      {"originId":"o","id":"f","state":"settled","acceptedAt":"2026-01-15T10:00:00Z",\
      "settledAt":"2026-01-15T10:00:01Z","outcome":{"type":"answered","status":200,"body":"hi"},\
      "attempts":[]}""";
  private static final NewFetch FETCH = NewFetch.get("http://target.example/");

  private final QuickTime time = new QuickTime();

  private RetrieverClient.Builder client(FaultyServer server) {
    return RetrieverClient.builder(URI.create(server.url())).time(time);
  }

  private static String problem(int status, String type, String... headers) {
    var text =
        "{\"type\":\"/problems/%s\",\"title\":\"t\",\"status\":%d,\"detail\":\"why\"}"
            .formatted(type, status);
    return FaultyServer.json(status, text, headers)
        .replace("application/json", "application/problem+json");
  }

  private static List<String> ids(FaultyServer server) {
    var id = Pattern.compile("\"id\":\"([^\"]+)\"");
    return server.requests.stream()
        .map(it -> id.matcher(it).results().map(found -> found.group(1)).findFirst().orElse("none"))
        .toList();
  }

  @Test
  void a_submission_without_an_answer_is_repeated_with_the_same_id() throws IOException {
    try (var server = new FaultyServer("", "HTTP/1.1 20", FaultyServer.json(202, PENDING))) {
      var fetch = client(server).build().fetches().submit("o", FETCH);

      assertThat(fetch.isSettled()).isFalse();
      assertThat(ids(server)).hasSize(3).doesNotContain("none");
      assertThat(ids(server).stream().distinct()).hasSize(1);
    }
  }

  @Test
  void a_body_that_breaks_off_is_no_answer() throws IOException {
    var half = FaultyServer.json(202, PENDING);
    try (var server =
        new FaultyServer(half.substring(0, half.length() - 9), FaultyServer.json(202, PENDING))) {
      client(server).build().fetches().submit("o", FETCH);

      assertThat(ids(server)).hasSize(2);
    }
  }

  @Test
  void each_item_of_a_batch_keeps_its_id_in_repeats() throws IOException {
    var done = "{\"originId\":\"o\",\"items\":[{\"id\":\"x\",\"result\":\"accepted\"}]}";
    try (var server = new FaultyServer("", FaultyServer.json(202, done))) {
      var results = client(server).build().fetches().submitAll("o", List.of(FETCH, FETCH));

      assertThat(results).containsExactly(new BatchResult("o", "x", "accepted", Optional.empty()));
      assertThat(ids(server)).hasSize(2);
      assertThat(ids(server).get(0)).isEqualTo(ids(server).get(1));
    }
  }

  @Test
  void a_busy_node_is_asked_again_after_the_time_that_it_says() throws IOException {
    try (var server =
        new FaultyServer(
            problem(503, "overloaded", "Retry-After: 7"),
            problem(429, "queue-full", "Retry-After: 3"),
            FaultyServer.json(202, PENDING))) {
      client(server).build().fetches().submit("o", FETCH);

      assertThat(time.pauses).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(3));
      assertThat(ids(server).stream().distinct()).hasSize(1);
    }
  }

  @Test
  void a_wait_beyond_the_patience_of_the_client_is_not_begun() throws IOException {
    try (var server = new FaultyServer(problem(429, "queue-full", "Retry-After: 31"))) {
      var problem =
          catchThrowableOfType(
              ProblemException.class, () -> client(server).build().fetches().submit("o", FETCH));

      assertThat(problem.type()).isEqualTo("queue-full");
      assertThat(problem.nextStep()).isEqualTo("Call again in 31 s, with the same id.");
      assertThat(time.pauses).isEmpty();
    }
  }

  @Test
  void after_ten_tries_the_caller_is_told_that_it_may_have_been_accepted() throws IOException {
    try (var server = new FaultyServer()) {
      assertThatThrownBy(() -> client(server).build().fetches().submit("o", FETCH))
          .isInstanceOf(NoAnswerException.class)
          .hasMessageContaining("POST /v1/origins/o/fetches of " + server.url())
          .hasMessageContaining("it may have been accepted");

      assertThat(server.requests).hasSize(10);
      assertThat(time.pauses.stream().reduce(Duration.ZERO, Duration::plus))
          .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(30));
    }
  }

  @Test
  void a_refusal_is_not_repeated_and_says_what_is_wrong() throws IOException {
    var body =
        """
        {"type":"/problems/validation-failed","title":"t","status":422,"detail":"/timeout must be 1ms",\
        "errors":[{"pointer":"/timeout","detail":"must be 1ms"}]}""";
    try (var server = new FaultyServer(FaultyServer.json(422, body))) {
      var problem =
          catchThrowableOfType(
              ProblemException.class, () -> client(server).build().fetches().submit("o", FETCH));

      assertThat(problem).hasMessage("422 validation-failed: /timeout must be 1ms");
      assertThat(problem.errors())
          .containsExactly(new ProblemException.FieldFault("/timeout", "must be 1ms"));
      assertThat(server.requests).hasSize(1);
    }
  }

  @Test
  void what_makes_another_one_each_time_is_sent_once() throws IOException {
    try (var server = new FaultyServer()) {
      var client = client(server).management(URI.create(server.url())).build();

      assertThatThrownBy(() -> client.schedules().trigger("o", "s"))
          .isInstanceOf(NoAnswerException.class);
      assertThatThrownBy(
              () ->
                  client
                      .keys()
                      .make(Optional.empty(), List.of("read"), Optional.empty(), Optional.empty()))
          .isInstanceOf(NoAnswerException.class);
      assertThatThrownBy(() -> client.queues().purge("q", Optional.empty(), Optional.empty()))
          .isInstanceOf(NoAnswerException.class);

      assertThat(server.requests).hasSize(3);
    }
  }

  @Test
  void a_purge_of_what_was_accepted_before_a_time_is_repeated() throws IOException {
    try (var server = new FaultyServer("", FaultyServer.json(200, "{}"))) {
      var client = client(server).management(URI.create(server.url())).build();
      client.queues().purge("q", Optional.empty(), Optional.of(Instant.EPOCH));

      assertThat(server.requests).hasSize(2).allMatch(it -> it.contains("1970-01-01T00:00:00Z"));
    }
  }

  @Test
  void a_refusal_after_a_try_without_an_answer_says_that_the_try_may_have_been_followed()
      throws IOException {
    try (var server =
        new FaultyServer("", problem(412, "precondition-failed"), problem(404, "x"))) {
      var client = client(server).management(URI.create(server.url())).build();
      var settings = JsonNodeFactory.instance.objectNode();

      assertThatThrownBy(() -> client.queues().put("q", settings, Optional.of("1")))
          .hasMessageStartingWith("412 precondition-failed: why. (No answer came to 1 earlier try")
          .hasMessageContaining("may have been followed");
      assertThatThrownBy(() -> client.queues().remove("q")).hasMessage("404 x: why");
    }
  }

  @Test
  void awaiting_goes_on_over_broken_connections_and_polls_until_it_has_settled()
      throws IOException {
    try (var server =
        new FaultyServer(
            "",
            problem(503, "not-ready", "Retry-After: 1"),
            FaultyServer.json(200, PENDING),
            FaultyServer.json(200, SETTLED))) {
      var fetch = client(server).build().fetches().await("o", "f", Duration.ofMinutes(2));

      assertThat(fetch.outcome().flatMap(Outcome::success).map(HttpAnswer::text)).contains("hi");
      assertThat(server.requests).hasSize(4).allMatch(it -> it.contains("Prefer: wait=60"));
    }
  }

  @Test
  void awaiting_ends_in_time_with_the_fetch_as_it_stands() throws IOException {
    try (var server = new FaultyServer(FaultyServer.json(200, PENDING))) {
      var fetch = client(server).build().fetches().await("o", "f", Duration.ofMillis(10));

      assertThat(fetch.isSettled()).isFalse();
      assertThat(server.requests).singleElement().asString().doesNotContain("Prefer");
    }
  }

  @Test
  void a_node_that_says_nothing_is_left_when_the_time_of_a_call_is_over() throws IOException {
    try (var server = new FaultyServer(FaultyServer.SILENCE, FaultyServer.json(200, PENDING))) {
      var client = client(server).timeout(Duration.ofMillis(200)).build();

      assertThat(client.fetches().get("o", "f").id()).isEqualTo("f");
    }
  }

  @Test
  void an_answer_whose_body_never_ends_is_left_too() throws IOException {
    var begun = "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + FaultyServer.SILENCE;
    try (var server = new FaultyServer(begun, FaultyServer.json(200, PENDING))) {
      var client = client(server).timeout(Duration.ofMillis(200)).build();

      assertThat(client.fetches().get("o", "f").id()).isEqualTo("f");
    }
  }

  @Test
  void an_answer_that_is_too_long_is_not_kept() throws IOException {
    try (var server = new FaultyServer(FaultyServer.json(200, PENDING))) {
      var client = client(server).maxAnswer(20).repeats(1, Duration.ZERO).build();

      assertThatThrownBy(() -> client.fetches().get("o", "f"))
          .hasMessageContaining("the answer is longer than 20 bytes");
    }
  }

  @Test
  void the_key_is_sent_and_shown_nowhere() throws IOException {
    var key = "rtv_abcdefghij27_secret_1";
    try (var server = new FaultyServer()) {
      var builder = client(server).key(() -> key);
      var shown = new StringBuilder();
      var client = builder.onRequest(shown::append).repeats(1, Duration.ZERO).build();
      var failure =
          catchThrowableOfType(RetrieverException.class, () -> client.fetches().submit("o", FETCH));

      assertThat(server.requests)
          .singleElement()
          .asString()
          .contains("Authorization: Bearer " + key);
      assertThat(shown.append(failure).append(client)).doesNotContain(key).contains("hasKey=true");
    }
  }

  @Test
  void a_key_that_is_no_header_is_refused_without_showing_it() throws IOException {
    try (var server = new FaultyServer()) {
      var client = client(server).key(() -> "two\nlines").build();

      assertThatThrownBy(() -> client.fetches().get("o", "f"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("one line")
          .hasMessageNotContaining("lines ");
      assertThat(server.requests).isEmpty();
    }
  }

  @Test
  void a_call_for_operators_needs_the_address_of_the_management_port() throws IOException {
    try (var server = new FaultyServer()) {
      assertThatThrownBy(() -> client(server).build().queues().get("q"))
          .hasMessage(
              "GET /admin/queues/q goes to the management port: give the client its address, too");
    }
  }

  @Test
  void a_certificate_that_is_not_trusted_is_told_at_once() throws Exception {
    try (var server = new SelfSigned()) {
      var client = RetrieverClient.builder(server.url()).time(time).build();

      assertThatThrownBy(() -> client.fetches().get("o", "f"))
          .isInstanceOf(NoAnswerException.class)
          .hasMessageContaining("Trust the certificate of the node");
      assertThat(time.pauses).isEmpty();
    }
  }

  @Test
  void segments_of_paths_are_encoded() throws IOException {
    try (var server = new FaultyServer(FaultyServer.json(200, PENDING))) {
      client(server).build().fetches().get("a:b@c~d", "x/../y?z");

      assertThat(server.requests.get(0))
          .startsWith("GET /v1/origins/a:b@c~d/fetches/x%2F..%2Fy%3Fz HTTP/1.1");
    }
  }
}
