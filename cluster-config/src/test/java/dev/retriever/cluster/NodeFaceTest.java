package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetches;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.http.ProblemType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Health, figures, and what is answered where nothing is. */
@ExtendWith(SharedNode.class)
class NodeFaceTest {
  private final RunningNode node;
  private final TestTarget target;

  NodeFaceTest(RunningNode node, TestTarget target) {
    this.node = node;
    this.target = target;
  }

  @Test
  void a_running_node_is_alive_and_ready() {
    assertThat(node.management().get("/alive").status()).isEqualTo(200);
    assertThat(node.management().get("/alive").text()).isEqualTo("{\"alive\":true}");
    assertThat(node.management().get("/ready").status()).isEqualTo(200);
    assertThat(node.management().get("/ready").text()).isEqualTo("{\"ready\":true}");
  }

  @Test
  void stats_have_every_figure() {
    var stats = node.management().get("/stats").json();

    assertThat(stats.fieldNames())
        .toIterable()
        .contains(
            "accepted",
            "settled",
            "timedOut",
            "late",
            "duplicateReports",
            "undeliveredReports",
            "lostRaces",
            "refusedMessages",
            "pulledBytes",
            "pending",
            "inFlight");
    assertThat(stats.get("settled").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("answered", "failed", "unknown", "cancelled");
    assertThat(stats.get("executors").fieldNames()).toIterable().containsExactly("default", "bulk");
    assertThat(stats.at("/executors/bulk").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "inFlight",
            "permitsHeld",
            "waiting",
            "mostInFlight",
            "mostPermitsHeld",
            "mostWaiting",
            "undeliveredReports",
            "resentReports",
            "refusedDispatches");
  }

  @Test
  void pending_and_in_flight_are_counted_up_and_down() throws Exception {
    var accepted = node.stat("/accepted");
    var answered = node.stat("/settled/answered");
    var pending = node.stat("/pending");
    var inFlight = node.stat("/inFlight");

    var fetch = json("{'id': 'counted', 'request': {'url': '%s'}}", target.url("/held/counted"));
    node.api().submit("counting", fetch);
    target.awaitHits("counted", 1);

    assertThat(node.stat("/accepted")).isEqualTo(accepted + 1);
    assertThat(node.stat("/pending")).isEqualTo(pending + 1);
    assertThat(node.stat("/inFlight")).isEqualTo(inFlight + 1);
    assertThat(node.stat("/executors/default/inFlight") + node.stat("/executors/bulk/inFlight"))
        .isEqualTo(inFlight + 1);
    target.release("counted");
    node.api().settled(Api.fetch("counting", "counted"));
    assertThat(node.stat("/settled/answered")).isEqualTo(answered + 1);
    assertThat(node.stat("/pending")).isEqualTo(pending);
    Eventually.becomes(inFlight, () -> node.stat("/inFlight"));
    assertThat(node.stat("/mostUnsettled")).isPositive();
    assertThat(node.stat("/executors/default/mostInFlight")).isPositive();
  }

  @Test
  void a_node_alone_tells_nobody_whom_to_join() {
    assertThat(node.management().get("/bootstrap/seed-nodes").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OTHER")
  void every_problem_type_leads_to_a_page(ProblemType type) {
    var answer = node.api().get("/problems/" + type.slug());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.at("/type")).isEqualTo("/problems/" + type.slug());
    assertThat(answer.at("/title")).isEqualTo(type.title());
    assertThat(answer.at("/status")).isEqualTo("" + type.status());
  }

  @ParameterizedTest
  @CsvSource({
    "PUT,    /v1/origins/o/fetches,   GET POST",
    "DELETE, /v1/origins/o/fetches,   GET POST",
    "POST,   /v1/origins/o/fetches/f, GET DELETE PATCH",
    "PUT,    /v1/origins/o/fetches/f, GET DELETE PATCH",
    "POST,   /problems/internal,      GET",
  })
  void another_method_is_refused_with_those_that_are_allowed(
      String method, String path, String allowed) {
    var answer = node.api().send(method, path, new byte[0]);

    assertProblem(answer, 405, "method-not-allowed");
    assertThat(allow(answer)).containsAll(List.of(allowed.split(" ")));
  }

  @Test
  void management_only_reads() {
    var answer = node.management().send("POST", "/stats", new byte[0]);

    assertProblem(answer, 405, "method-not-allowed");
    assertThat(allow(answer)).contains("GET");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,  /",
    "GET,  /v1",
    "GET,  /v1/origins/o",
    "GET,  /v1/origins//fetches",
    "GET,  /v1/origins/o/fetches/",
    "GET,  /v1/origins/o/fetches/f/more",
    "GET,  /problems/nothing-of-the-kind",
    "GET,  /stats",
    "POST, /V1/origins/o/fetches",
  })
  void where_nothing_is_a_problem_says_so(String method, String path) {
    assertProblem(node.api().send(method, path, null), 404, "not-found");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /ui",
    "GET, /ui/",
    "GET, /v1",
    "GET, /v1/origins/o",
    "GET, /index.html",
    "GET, /ready/",
    "POST, /nothing"
  })
  void where_nothing_is_management_says_so_too(String method, String path) {
    assertProblem(node.management().send(method, path, null), 404, "not-found");
  }

  @Test
  void a_method_that_nobody_knows_is_a_problem() {
    var answer = node.api().send("BREW", fetches("o"), null);

    assertThat(answer.status()).isEqualTo(501);
    assertThat(answer.header("Content-Type")).contains("application/problem+json");
    assertThat(answer.at("/type")).isEqualTo("about:blank");
    assertThat(answer.at("/title")).isEqualTo("Not Implemented");
  }

  private static List<String> allow(Api.Answer answer) {
    return Arrays.asList(answer.header("Allow").orElse("").split(", *"));
  }

  private static void assertProblem(Api.Answer answer, int status, String slug) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).contains("application/problem+json");
    assertThat(answer.at("/type")).isEqualTo("/problems/" + slug);
    assertThat(answer.at("/status")).isEqualTo("" + status);
    assertThat(answer.at("/title")).isNotEmpty();
    assertThat(answer.at("/detail")).isNotEmpty();
  }
}
