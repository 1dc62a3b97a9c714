package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a fetch comes to, whoever makes its attempts: the same for every dispatch. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DispatchSuite {
  private static final AtomicInteger IDS = new AtomicInteger();

  final TestTarget target = new TestTarget();
  final List<RunningNode> nodes = new ArrayList<>();
  private final String database = RunningNode.sharing(getClass().getSimpleName());
  @TempDir private Path unused;

  /** Starts the nodes, the first of which is spoken to. */
  abstract void startNodes();

  /** What a fetch has to say for it, to be put into its JSON. */
  abstract String chosen();

  /** Whether this is the id of an executor that should have made the attempt. */
  abstract boolean isRight(String executor);

  @BeforeAll
  void start() {
    startNodes();
  }

  @AfterAll
  void stop() {
    nodes.forEach(RunningNode::close);
    target.close();
  }

  final RunningNode node(String... overrides) {
    var all = new ArrayList<>(List.of(overrides));
    all.add(database);
    all.add(RunningNode.MAY_CALL_LOOPBACK);
    if (!nodes.isEmpty()) {
      all.add(nodes.get(0).joining());
    }
    var node = RunningNode.start(unused, all.toArray(String[]::new));
    nodes.add(node);
    return node;
  }

  final Api api() {
    return nodes.get(0).api();
  }

  static String newId() {
    return "f-" + IDS.incrementAndGet();
  }

  final String spec(String id, String path, String request, String more) {
    return json(
        "{'id': '%s', 'request': {'url': '%s' %s} %s %s}",
        id, target.url(path), request.replace('\'', '"'), chosen(), more.replace('\'', '"'));
  }

  private JsonNode settled(String id, String path, String request, String more) {
    var json = api().settled("o-" + id, spec(id, path, request, more)).json();
    json.at("/attempts")
        .forEach(attempt -> assertThat(attempt.at("/executor").asText()).matches(this::isRight));
    return json;
  }

  @Test
  void an_answer_comes_back() {
    var id = newId();

    var view = settled(id, "/echo", ", 'method': 'POST', 'body': 'hello'", "");

    assertThat(view.at("/outcome/type").asText()).isEqualTo("answered");
    assertThat(view.at("/outcome/body").asText()).isEqualTo("hello");
    assertThat(target.hits(id)).hasSize(1);
    assertThat(view.at("/attempts/0/stages").fieldNames())
        .toIterable()
        .contains("resolving", "sent", "headers", "body", "complete");
  }

  @Test
  void bodies_of_the_largest_size_go_both_ways() {
    var id = newId();
    var body = "x".repeat((1 << 20) - 1);

    var view = settled(id, "/echo", ", 'method': 'POST', 'body': '" + body + "'", "");

    assertThat(view.at("/outcome/body").asText()).isEqualTo(body);
  }

  @Test
  void a_request_that_cannot_be_sent_has_failed() throws IOException {
    try (var nobody = FreePort.taken()) {
      var spec =
          json(
              "{'id': '%s', 'request': {'url': 'http://127.0.0.1:%d/'} %s}",
              newId(), nobody.getLocalPort(), chosen());
      var view = api().settled("refusing", spec).json();

      assertThat(view.at("/outcome/type").asText()).isEqualTo("failed");
      assertThat(view.at("/outcome/stage").asText()).isEqualTo("connecting");
    }
  }

  @Test
  void a_request_that_is_not_answered_in_time_is_unknown() {
    var view = settled(newId(), "/never", ", 'method': 'POST'", ", 'timeout': '2s'");

    assertThat(view.at("/outcome/type").asText()).isEqualTo("unknown");
    assertThat(view.at("/outcome/reason").asText()).isEqualTo("timeout");
  }

  @Test
  void an_answer_that_is_worth_another_attempt_gets_one() {
    var id = newId();

    var view = settled(id, "/flaky/1", "", ", 'retry': {'maxAttempts': 3, 'minBackoff': '10ms'}");

    assertThat(view.at("/outcome/status").asInt()).isEqualTo(200);
    assertThat(view.at("/attempts")).hasSize(2);
    assertThat(target.hits(id)).hasSize(2);
  }

  @Test
  void a_fetch_that_is_taken_back_is_aborted() throws InterruptedException {
    var id = newId();
    var before = inFlight();
    api().submit("o-" + id, spec(id, "/never", "", ""));
    target.awaitHits(id, 1);

    var cancelled = api().delete(fetch("o-" + id, id));

    assertThat(cancelled.at("/outcome/type")).isEqualTo("cancelled");
    Eventually.becomes(true, () -> inFlight() <= before);
  }

  /** With direct dispatch no executor has any. */
  private long inFlight() {
    return nodes.stream().mapToLong(node -> node.stat("/inFlight")).sum();
  }

  @Test
  void of_a_hundred_at_once_each_is_made_once() {
    var ids = new ArrayList<String>();
    for (var i = 0; i < 100; i++) {
      var id = newId();
      ids.add(id);
      assertThat(api().submit("many-" + i % 7, spec(id, "/ok", ", 'method': 'POST'", "")).status())
          .isEqualTo(202);
    }
    for (var i = 0; i < ids.size(); i++) {
      var view = api().settled(fetch("many-" + i % 7, ids.get(i)));
      assertThat(view.at("/outcome/type")).isEqualTo("answered");
      assertThat(target.hits(ids.get(i))).hasSize(1);
    }
    Eventually.becomes(0L, () -> nodes.stream().mapToLong(node -> node.stat("/permitsHeld")).sum());
  }
}
