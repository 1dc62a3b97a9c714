package dev.retriever.loadtest.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.loadtest.faults.Faults;
import dev.retriever.loadtest.faults.InjectedFault;
import dev.retriever.loadtest.faults.InjectedFault.Kind;
import dev.retriever.loadtest.faults.InjectedFault.Moment;
import dev.retriever.loadtest.ledger.Bodies;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final ObjectMapper JSON = new ObjectMapper();
  private TargetServer target;

  @BeforeEach
  void start() throws IOException {
    target = TargetServer.start(0, Optional.empty());
  }

  @AfterEach
  void close() {
    target.close();
  }

  private static HttpRequest.Builder to(TargetServer target, String path) {
    return HttpRequest.newBuilder(target.uri().resolve(path)).timeout(Duration.ofSeconds(30));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(to(target, path));
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    return JSON.readTree(response.body());
  }

  @Test
  void a_uuid_is_fresh_each_time() throws Exception {
    var one = UUID.fromString(json(get("/uuid")).get("uuid").asText());
    var two = UUID.fromString(json(get("/uuid")).get("uuid").asText());

    assertThat(one).isNotEqualTo(two);
  }

  @Test
  void the_document_is_json_and_the_help_names_the_paths() throws Exception {
    assertThat(json(get("/json")).get("name").asText()).isEqualTo("Retriever");
    assertThat(get("/").body()).contains("/delay/{ms}", "/drip/{bytes}/{ms}", "/reset");
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 304, 404, 429, 500, 599})
  void a_status_is_answered_as_asked_and_the_connection_lives_on(int code) throws Exception {
    assertThat(get("/status/" + code).statusCode()).isEqualTo(code);
    assertThat(get("/uuid").statusCode()).isEqualTo(200);
  }

  @Test
  void an_echo_tells_what_was_received() throws Exception {
    var echo =
        json(
            send(
                to(target, "/echo?a=b")
                    .header("X-One", "1")
                    .method("PUT", BodyPublishers.ofString("grüße"))));

    assertThat(echo.get("method").asText()).isEqualTo("PUT");
    assertThat(echo.get("url").asText()).isEqualTo("/echo?a=b");
    assertThat(echo.get("headers").get("X-One").asText()).isEqualTo("1");
    assertThat(echo.get("body").asText()).isEqualTo("grüße");
  }

  @Test
  void what_is_held_waits_until_it_is_released() throws Exception {
    var held = CLIENT.sendAsync(to(target, "/hold").build(), BodyHandlers.ofString());
    while (json(get("/waiting")).get("waiting").asInt() < 1) {
      Thread.onSpinWait();
    }
    assertThat(held).isNotDone();

    assertThat(send(to(target, "/release").POST(BodyPublishers.noBody())).statusCode())
        .isEqualTo(204);

    assertThat(held.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(get("/release").statusCode()).isEqualTo(405);
    assertThat(target.hits()).containsExactly(Map.entry("", Map.of(0, 1)));
  }

  @Test
  void a_dropped_request_is_counted_and_never_answered() {
    var request = to(target, "/drop").header(TargetGate.FETCH_ID, "f").POST(body("x"));

    assertThatThrownBy(() -> send(request)).isInstanceOf(IOException.class);
    assertThat(target.hits()).containsEntry("f", Map.of(0, 1));
  }

  @Test
  void a_busy_path_asks_the_first_attempts_to_come_later() throws Exception {
    var first = send(attempt("/busy/1/3", 1));
    var second = send(attempt("/busy/1/3", 2));

    assertThat(first.statusCode()).isEqualTo(503);
    assertThat(first.headers().firstValue("Retry-After")).contains("3");
    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(target.early())
        .singleElement()
        .satisfies(early -> assertThat(early.millis()).isBetween(1L, 3_000L));
  }

  private HttpRequest.Builder attempt(String path, int number) {
    return to(target, path)
        .header(TargetGate.FETCH_ID, "f")
        .header(TargetGate.ATTEMPT, String.valueOf(number));
  }

  private static HttpRequest.BodyPublisher body(String text) {
    return BodyPublishers.ofString(text);
  }

  @Test
  void a_delay_passes_before_the_answer() throws Exception {
    var from = System.nanoTime();
    var answer = json(get("/delay/120"));

    assertThat(answer.get("delayedMs").asInt()).isEqualTo(120);
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThanOrEqualTo(millis(120));
  }

  @Test
  void a_drip_takes_its_time_for_each_byte() throws Exception {
    var from = System.nanoTime();

    assertThat(get("/drip/10/10").body()).isEqualTo("*".repeat(10));
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThanOrEqualTo(millis(90));
    assertThat(get("/drip/0/10").body()).isEmpty();
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  @Test
  void never_is_counted_and_outlasts_the_patience_of_the_caller() {
    var request = to(target, "/never").header(TargetGate.FETCH_ID, "f").timeout(millis(150));

    assertThatThrownBy(() -> send(request)).isInstanceOf(IOException.class);
    assertThat(target.hits()).containsKey("f");
  }

  @Test
  void a_large_body_arrives_whole_on_a_connection_that_is_used_again() throws Exception {
    assertThat(get("/bytes/10000000").body()).hasSize(10_000_000);
    assertThat(get("/bytes/0").body()).isEmpty();
    assertThat(get("/uuid").statusCode()).isEqualTo(200);
  }

  @Test
  void a_body_follows_from_the_fetch_and_comes_with_its_digest() throws Exception {
    var request = to(target, "/body/1000").header(TargetGate.FETCH_ID, "f-1").build();

    var response = CLIENT.send(request, BodyHandlers.ofByteArray());

    assertThat(response.body()).isEqualTo(Bodies.of("f-1", 1_000));
    assertThat(response.headers().firstValue(Bodies.OF)).contains("f-1");
    assertThat(response.headers().firstValue(Bodies.DIGEST))
        .contains(Bodies.digest(response.body()));
  }

  @Test
  void failures_of_a_flaky_path_are_those_that_the_seed_says() throws Exception {
    var half = Faults.of(InjectedFault.fail(0.5, Moment.PUBLISH)).seeded(7);
    for (var i = 0; i < 20; i++) {
      var request = to(target, "/flaky/50/7").header(TargetGate.FETCH_ID, "f-" + i);
      var fails = half.strikes(Kind.FAIL, Moment.PUBLISH, "f-" + i + "/2");

      assertThat(send(request.header(TargetGate.ATTEMPT, "2")).statusCode())
          .isEqualTo(fails ? 503 : 200);
    }
  }

  @Test
  void requests_that_wait_together_are_counted_as_the_most_at_once() throws Exception {
    var waiting = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (var i = 0; i < 5; i++) {
      waiting.add(CLIENT.sendAsync(to(target, "/delay/300").build(), BodyHandlers.ofString()));
    }
    waiting.forEach(CompletableFuture::join);

    assertThat(target.mostAtOnce()).isBetween(1, 5);
    get("/uuid");
    assertThat(target.mostAtOnce()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nothing", "/uuid/1", "/delay", "/delay/1/2", "/status/", "/echo/"})
  void an_unknown_path_is_not_found(String path) throws Exception {
    var response = get(path);

    assertThat(response.statusCode()).isIn(400, 404);
    assertThat(json(response).get("error").asText()).isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/delay/x",
        "/delay/-1",
        "/delay/600001",
        "/delay/99999999999999999999",
        "/status/99",
        "/status/100",
        "/status/600",
        "/drip/1/x",
        "/drip/1000001/1",
        "/bytes/1.5"
      })
  void a_bad_number_is_a_bad_request_that_says_the_range(String path) throws Exception {
    var response = get(path);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response).get("error").asText()).contains("not a number from");
  }

  @Test
  void a_body_over_the_bound_is_refused() throws Exception {
    var response = send(to(target, "/echo").POST(body("x".repeat(TargetServer.BODY_MAX + 1))));

    assertThat(response.statusCode()).isEqualTo(413);
  }

  @Test
  void hits_are_counted_by_fetch_and_attempt_until_reset() throws Exception {
    hit("f1", "1");
    hit("f1", "2");
    hit("f1", "2");
    hit("f2", "1");
    get("/uuid");
    get("/nothing");
    hit("f3", "first");

    assertThat(target.hits())
        .containsOnly(
            Map.entry("f1", Map.of(1, 1, 2, 2)),
            Map.entry("f2", Map.of(1, 1)),
            Map.entry("f3", Map.of(0, 1)),
            Map.entry("", Map.of(0, 2)));
    assertThat(json(get("/hits")))
        .isEqualTo(
            JSON.readTree(
                "{'f1':{'1':1,'2':2},'f2':{'1':1},'f3':{'0':1},'':{'0':2}}".replace('\'', '"')));

    assertThat(get("/reset").statusCode()).isEqualTo(405);
    assertThat(send(to(target, "/reset").POST(body(""))).statusCode()).isEqualTo(204);
    assertThat(target.hits()).isEmpty();
  }

  private void hit(String fetchId, String attempt) throws Exception {
    send(
        to(target, "/uuid")
            .header(TargetGate.FETCH_ID, fetchId)
            .header(TargetGate.ATTEMPT, attempt));
  }

  @Test
  void requests_without_the_token_are_refused() throws Exception {
    try (var guarded = TargetServer.start(0, Optional.of("secret"))) {
      for (var path : new String[] {"/uuid", "/hits", "/", "/nothing"}) {
        assertThat(send(to(guarded, path)).statusCode()).isEqualTo(403);
        assertThat(send(to(guarded, path).header(TargetGate.TOKEN, "guess")).statusCode())
            .isEqualTo(403);
      }
      assertThat(guarded.hits()).isEmpty();

      assertThat(send(to(guarded, "/uuid").header(TargetGate.TOKEN, "secret")).statusCode())
          .isEqualTo(200);
      assertThat(guarded.hits()).hasSize(1);
    }
  }

  @Test
  void instances_share_no_counts() throws Exception {
    try (var other = TargetServer.start(0, Optional.empty())) {
      get("/uuid");

      assertThat(target.hits()).hasSize(1);
      assertThat(other.hits()).isEmpty();
      assertThat(other.port()).isNotEqualTo(target.port());
    }
  }

  @Test
  void a_taken_port_is_refused_with_its_number() {
    assertThatThrownBy(() -> TargetServer.start(target.port(), Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("127.0.0.1:" + target.port());
  }

  @Test
  void a_thousand_and_more_delays_wait_at_the_same_time() {
    var calls = new ArrayList<CompletableFuture<Integer>>();
    var from = System.nanoTime();
    for (var i = 0; i < 1_500; i++) {
      var request = to(target, "/delay/1000").header(TargetGate.FETCH_ID, "f" + i).build();
      calls.add(
          CLIENT.sendAsync(request, BodyHandlers.ofString()).thenApply(HttpResponse::statusCode));
    }

    assertThat(CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)))
        .succeedsWithin(60, TimeUnit.SECONDS);
    assertThat(calls).allMatch(call -> call.join() == 200);
    assertThat(target.hits()).hasSize(1_500).allSatisfy((id, hits) -> assertThat(hits).hasSize(1));
    // One after the other they would have taken 25 minutes.
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(60));
  }

  @Test
  void the_address_is_loopback() {
    assertThat(target.uri()).isEqualTo(URI.create("http://127.0.0.1:" + target.port()));
  }
}
