package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cluster.security.Role;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes, each of which shows all of them. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FleetTest {
  private static final TestCallers CALLERS = new TestCallers();
  private static final String OPERATOR = CALLERS.key("default");
  private static final String READER = CALLERS.key("default", Set.of(Role.READ), "*");
  private static final List<RunningNode> NODES = new ArrayList<>();

  @TempDir private static Path unused;
  private static TestTarget target;

  @BeforeAll
  static void start() {
    target = new TestTarget();
    for (var n = 0; n < 3; n++) {
      var settings =
          new ArrayList<>(
              List.of(
                  RunningNode.sharing("fleet"), RunningNode.MAY_CALL_LOOPBACK, CALLERS.settings()));
      if (n == 2) {
        settings.add(RunningNode.CRASHING);
      }
      if (n > 0) {
        settings.add(NODES.get(0).joining());
      }
      NODES.add(RunningNode.start(unused, settings.toArray(String[]::new)));
    }
  }

  @AfterAll
  static void stop() {
    NODES.forEach(RunningNode::close);
    target.close();
  }

  private static Api operator(int node) {
    return NODES.get(node).management().as(OPERATOR);
  }

  private static boolean all(JsonNode items, Predicate<JsonNode> test) {
    return StreamSupport.stream(items.spliterator(), false).allMatch(test);
  }

  private static JsonNode nodes(int node) {
    return operator(node).get("/admin/nodes").json();
  }

  /** The receptionists hear of each other some time after their nodes have joined. */
  private static void awaitAll(int node) {
    Eventually.becomes(true, () -> nodes(node).at("/mayStop/now").asBoolean());
  }

  @Test
  @Order(1)
  void each_shows_all_and_one_of_three_that_are_well_may_be_stopped() {
    for (var n = 0; n < 3; n++) {
      awaitAll(n);
      var seen = nodes(n);
      var names = new HashSet<String>();
      seen.get("items").forEach(it -> names.add(it.get("name").asText()));

      assertThat(names)
          .containsExactlyInAnyOrderElementsOf(NODES.stream().map(RunningNode::remoting).toList());
      assertThat(all(seen.get("items"), it -> it.get("answered").asBoolean())).isTrue();
      assertThat(all(seen.get("items"), it -> it.at("/mayStop/now").asBoolean())).isTrue();
      assertThat(all(seen.get("items"), it -> it.get("status").asText().equals("up"))).isTrue();
      assertThat(self(seen)).containsExactly(NODES.get(n).remoting());
    }
  }

  private static List<String> self(JsonNode seen) {
    return StreamSupport.stream(seen.get("items").spliterator(), false)
        .filter(it -> it.get("self").asBoolean())
        .map(it -> it.get("name").asText())
        .toList();
  }

  @Test
  @Order(2)
  void what_one_has_counted_all_show() throws Exception {
    awaitAll(1);
    for (var n = 0; n < 10; n++) {
      var spec = json("{'id': 'f', 'request': {'url': '%s'}}", target.url("/ok"));
      NODES.get(0).api().as(OPERATOR).settled("counted-" + n, spec);
    }
    var held = json("{'id': 'fleet', 'request': {'url': '%s'}}", target.url("/held/fleet"));
    NODES.get(0).api().as(OPERATOR).submit("held", held);
    target.awaitHits("fleet", 1);

    // Nodes look at each other once a second at most.
    Eventually.becomes(1, () -> operator(1).get("/admin/overview").json().at("/pending").asInt());
    Eventually.becomes(1, () -> sum(nodes(2).get("items"), "/pools/0/inFlight"));
    var overview = operator(1).get("/admin/overview").json();

    assertThat(overview.at("/inFlight").asInt()).isEqualTo(1);
    assertThat(overview.at("/nodes/answered").asInt()).isEqualTo(3);
    assertThat(overview.at("/problems")).isEmpty();
    assertThat(sum(nodes(2).get("items"), "/regions/0/shards")).isPositive();
    Eventually.becomes(11L, () -> accepted(2));
    target.release("fleet");
    Eventually.becomes(0, () -> operator(2).get("/admin/overview").json().at("/pending").asInt());
  }

  private static int sum(JsonNode items, String pointer) {
    return StreamSupport.stream(items.spliterator(), false)
        .mapToInt(it -> it.at(pointer).asInt())
        .sum();
  }

  /** In steps that all have ended. */
  private static long accepted(int node) {
    var steps = operator(node).get("/admin/overview").json().at("/history/steps");
    return StreamSupport.stream(steps.spliterator(), false)
        .mapToLong(it -> it.get("accepted").asLong())
        .sum();
  }

  @Test
  @Order(3)
  void a_stream_tells_the_figures_again_and_again() {
    try (var stream = Subscription.events(operator(2), "/admin/events")) {
      var first = stream.next("overview").json();
      var second = stream.next("overview").json();

      assertThat(first.at("/nodes/members").asInt()).isEqualTo(3);
      assertThat(second.get("at").asText()).isGreaterThan(first.get("at").asText());
      assertThat(second.at("/history/steps").size()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  @Order(4)
  void what_is_wrong_with_a_queue_is_said_by_every_node() {
    var queue = "/admin/queues/stripe";
    var made = "{}".getBytes(StandardCharsets.UTF_8);
    operator(0).send("PUT", queue, made, "Content-Type", "application/json");
    operator(0).post(queue + "/pause", json("{'reason': 'the bank is closed'}"));

    for (var n = 0; n < 3; n++) {
      var node = n;
      Eventually.becomes(
          "Queue stripe is paused.",
          () -> operator(node).get("/admin/overview").at("/problems/0/text"));
      var overview = operator(n).get("/admin/overview").json();
      assertThat(overview.at("/problems/0/about/name").asText()).isEqualTo("stripe");
      assertThat(overview.at("/queues/0/state").asText()).isEqualTo("paused");
    }

    operator(0).send("POST", queue + "/resume", null);
    Eventually.becomes(0, () -> operator(1).get("/admin/overview").json().at("/problems").size());
  }

  @Test
  @Order(5)
  void the_journal_was_written_in_a_time() {
    Eventually.becomes(
        true,
        () ->
            StreamSupport.stream(nodes(0).get("items").spliterator(), false)
                .anyMatch(it -> it.at("/journal/meanMillis").asDouble() > 0));
  }

  @Test
  @Order(6)
  void who_may_only_read_is_not_told_addresses() {
    var reader = NODES.get(0).management().as(READER);
    var shown = reader.get("/admin/nodes");

    assertThat(shown.status()).isEqualTo(200);
    assertThat(
            all(shown.json().get("items"), it -> it.get("name").asText().matches("node-[0-9a-f]+")))
        .isTrue();
    for (var node : NODES) {
      assertThat(shown.text() + reader.get("/admin/overview").text())
          .doesNotContain(node.remoting());
    }
  }

  @Test
  @Order(7)
  void while_one_is_gone_without_a_word_none_may_be_stopped() {
    var gone = NODES.remove(2);
    var name = gone.remoting();
    awaitAll(0);
    gone.close();

    Eventually.becomes(false, () -> nodes(0).at("/mayStop/now").asBoolean());
    assertThat(nodes(0).at("/mayStop/because").asText() + operator(0).get("/admin/overview").text())
        .contains(name);
    Eventually.becomes(2, () -> nodes(1).get("items").size());
    awaitAll(1);
  }
}
