package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A node ends while its fetches are at every step, and another starts on the same database. Nobody
 * asks it for a fetch before all of them have settled.
 */
@ParameterizedClass
@EnumSource
class NodeRestartTest {
  enum End {
    STOPPED(TestDatabase.H2, ""),
    CRASHED(TestDatabase.H2, RunningNode.CRASHING),
    CRASHED_ON_POSTGRESQL(TestDatabase.POSTGRESQL, RunningNode.CRASHING);

    private final TestDatabase database;
    private final String settings;

    End(TestDatabase database, String settings) {
      this.database = database;
      this.settings = settings;
    }
  }

  private static final String ORIGIN = "restarted";
  private static final int MANY = 50;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private static final Map<String, Api.Answer> BEFORE = new HashMap<>();
  private static TestTarget target;
  private static RunningNode node;

  @Parameter private End end;

  @BeforeParameterizedClassInvocation
  static void restart(End end, @TempDir Path dataDir) throws Exception {
    target = new TestTarget();
    var there = end.database.settings();
    try (var first =
        RunningNode.start(dataDir, RunningNode.MAY_CALL_LOOPBACK, there, end.settings)) {
      settled(first.api(), "answered", "'method': 'POST', 'body': '" + "b".repeat(100_000) + "'");
      settled(first.api(), "failed", "'headers': {}", "http://nobody.invalid/");
      cancelled(first.api(), "cancelled");
      underWay(first.api(), ORIGIN, "read", "'method': 'GET'");
      underWay(first.api(), ORIGIN, "posted", "'method': 'POST'");
      underWay(first.api(), ORIGIN, "keyed", "'method': 'POST', 'idempotencyKey': 'k'");
      for (var i = 0; i < MANY; i++) {
        underWay(first.api(), "origin-" + i, "one-of-" + i, "'method': 'GET'");
      }
      waitingForItsRetry(first.api(), "retried");
    }

    node = RunningNode.start(dataDir, RunningNode.MAY_CALL_LOOPBACK, there);

    for (var id : resent().toList()) {
      target.awaitHits(id, 2);
    }
    target.release("restart");
    Eventually.becomes(0L, () -> node.stat("/pending"));
  }

  @AfterParameterizedClassInvocation
  static void close() {
    BEFORE.clear();
    target.close();
    node.close();
  }

  @Test
  void a_request_that_may_be_repeated_was_sent_once_more() {
    resent()
        .forEach(
            id ->
                assertThat(target.hits(id))
                    .as(id)
                    .extracting(TestTarget.Hit::attempt)
                    .containsExactly("1", "2"));

    for (var id : List.of("read", "keyed")) {
      var view = node.api().get(fetch(ORIGIN, id));
      assertThat(view.at("/outcome/body")).isEqualTo("released");
      assertThat(view.at("/attempts/0/reason")).isEqualTo("executor-lost");
      assertThat(view.at("/attempts/0/stage")).isEqualTo(stageReached());
      assertThat(view.at("/attempts/1/stage")).isEqualTo("complete");
      assertThat(view.at("/attempts/1/executor")).isNotEqualTo(view.at("/attempts/0/executor"));
    }
  }

  @Test
  void a_request_that_must_not_be_repeated_is_unknown() {
    var view = node.api().get(fetch(ORIGIN, "posted"));

    assertThat(view.at("/outcome/type")).isEqualTo("unknown");
    assertThat(view.at("/outcome/reason")).isEqualTo("executor-lost");
    assertThat(view.at("/outcome/stage")).isEqualTo(stageReached());
    assertThat(view.json().at("/attempts")).hasSize(1);
    assertThat(target.hits("posted")).hasSize(1);
  }

  @Test
  void a_fetch_that_waited_for_its_retry_is_retried_when_it_is_due() {
    var view = node.api().get(fetch(ORIGIN, "retried"));

    assertThat(view.at("/outcome/body")).isEqualTo("now");
    assertThat(target.hits("retried")).hasSize(2);
    assertThat(view.at("/attempts/1/executor")).isNotEqualTo(view.at("/attempts/0/executor"));
    assertThat(Instant.parse(view.at("/attempts/1/startedAt")))
        .isAfterOrEqualTo(Instant.parse(view.at("/attempts/0/endedAt")).plus(RETRY_AFTER));
  }

  @Test
  void a_settled_fetch_is_as_it_was() {
    assertThat(BEFORE).containsOnlyKeys("answered", "failed", "cancelled");
    BEFORE.forEach(
        (id, view) ->
            assertThat(node.api().get(fetch(ORIGIN, id)).json()).as(id).isEqualTo(view.json()));
    assertThat(BEFORE.get("answered").at("/outcome/body")).hasSize(100_000);
    assertThat(target.hits("answered")).hasSize(1);
  }

  @Test
  void ids_are_remembered() {
    var before = BEFORE.get("failed");

    var same = submit("failed", "'headers': {}", "http://nobody.invalid/");
    var other = submit("failed", "'headers': {'X': 'y'}", "http://nobody.invalid/");

    assertThat(same.header("Idempotency-Replayed")).contains("true");
    assertThat(same.json()).isEqualTo(before.json());
    assertThat(other.status()).isEqualTo(422);
    assertThat(node.api().delete(fetch(ORIGIN, "cancelled")).status()).isEqualTo(200);
    assertThat(node.api().delete(fetch(ORIGIN, "failed")).status()).isEqualTo(409);
  }

  @Test
  void every_fetch_of_every_origin_is_there_and_settled() {
    for (var i = 0; i < MANY; i++) {
      var view = node.api().get(fetch("origin-" + i, "one-of-" + i));
      assertThat(view.at("/outcome/body")).as("origin %d", i).isEqualTo("released");
    }
    assertThat(node.api().get(Api.fetches(ORIGIN)).json().get("items"))
        .extracting(item -> item.get("id").asText() + " " + item.get("state").asText())
        .containsExactly(
            "answered settled",
            "failed settled",
            "cancelled settled",
            "read settled",
            "posted settled",
            "keyed settled",
            "retried settled");
  }

  @Test
  void the_figures_are_those_of_the_new_node() {
    assertThat(node.stat("/accepted")).isZero();
    assertThat(node.stat("/settled/answered")).isEqualTo(MANY + 3);
    // A node that is stopped in good order reports what it aborts before it ends.
    var found = end == End.STOPPED ? 0 : 1;
    assertThat(node.stat("/settled/unknown")).isEqualTo(found);
    assertThat(node.stat("/lostAttempts")).isEqualTo(found * (MANY + 3));
    assertThat(node.stat("/inFlight")).isZero();
  }

  /** Nobody knows how far an attempt got whose node has crashed. */
  private String stageReached() {
    return end == End.STOPPED ? "sent" : "";
  }

  private static Stream<String> resent() {
    return Stream.concat(
        Stream.of("read", "keyed"), IntStream.range(0, MANY).mapToObj(i -> "one-of-" + i));
  }

  private static void settled(Api api, String id, String request) {
    settled(api, id, request, target.url("/echo"));
  }

  private static void settled(Api api, String id, String request, String url) {
    var view = api.settled(ORIGIN, spec(id, request, url));
    assertThat(view.at("/state")).isEqualTo("settled");
    BEFORE.put(id, view);
  }

  /** Between two attempts, so that nothing comes late. */
  private static void cancelled(Api api, String id) throws Exception {
    api.submit(ORIGIN, spec(id, "'method': 'GET'", target.url("/busy/3600")));
    target.awaitHits(id, 1);
    Eventually.becomes("503", () -> api.get(fetch(ORIGIN, id)).at("/attempts/0/status"));
    BEFORE.put(id, api.delete(fetch(ORIGIN, id)));
  }

  private static void underWay(Api api, String originId, String id, String request)
      throws Exception {
    api.submit(originId, spec(id, request, target.url("/held/restart")));
    target.awaitHits(id, 1);
  }

  private static void waitingForItsRetry(Api api, String id) {
    var url = target.url("/busy/" + RETRY_AFTER.toSeconds());
    api.submit(ORIGIN, spec(id, "'method': 'GET'", url));
    Eventually.becomes("503", () -> api.get(fetch(ORIGIN, id)).at("/attempts/0/status"));
  }

  private static Api.Answer submit(String id, String request, String url) {
    return node.api().submit(ORIGIN, spec(id, request, url));
  }

  private static String spec(String id, String request, String url) {
    return json(
        "{'id': '%s', 'request': {'url': '%s', %s}, 'within': '24h',"
            + " 'retry': {'maxAttempts': 2, 'minBackoff': '1ms', 'retryOn': [503]}}",
        id, url, request.replace('\'', '"'));
  }
}
