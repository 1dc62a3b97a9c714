package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No fetch reaches a port of a node of the cluster, though all of loopback is allowed. */
class OwnPortsTest {
  private static final String DATABASE = RunningNode.sharing("own-ports");
  private static final Duration TOLD = Duration.ofSeconds(60);

  private static RunningNode one;
  private static RunningNode other;
  private static TestTarget target;

  @BeforeAll
  static void start(@TempDir Path one, @TempDir Path other) throws Exception {
    OwnPortsTest.one = RunningNode.start(one, DATABASE, RunningNode.MAY_CALL_LOOPBACK);
    OwnPortsTest.other =
        RunningNode.start(
            other, DATABASE, RunningNode.MAY_CALL_LOOPBACK, OwnPortsTest.one.joining());
    target = new TestTarget();
  }

  @AfterAll
  static void stop() {
    other.close();
    one.close();
    target.close();
  }

  private static List<Integer> ports(RunningNode node) {
    return List.of(
        URI.create(node.api().url()).getPort(),
        URI.create(node.management().url()).getPort(),
        URI.create("//" + node.remoting()).getPort());
  }

  private static int submitted(RunningNode at, String host, int port) {
    var fetch =
        json(
            "{'id': 'to-%s-%d', 'request': {'url': 'http://%s:%d/'}, 'retry': {'maxAttempts': 1}}",
            host.replaceAll("[^a-z0-9]", "-"), port, host, port);
    return at.api().submit("own", fetch).status();
  }

  @Test
  void a_fetch_to_a_port_of_any_node_is_refused_when_it_is_submitted() {
    for (var at : List.of(one, other)) {
      for (var node : List.of(one, other)) {
        for (var port : ports(node)) {
          Eventually.becomes(422, () -> submitted(at, "127.0.0.1", port), TOLD);
          assertThat(submitted(at, "localhost", port)).isEqualTo(422);
        }
      }
    }
  }

  @Test
  void another_server_on_loopback_is_called() {
    var answer =
        one.api()
            .settled("own", json("{'id': 'good', 'request': {'url': '%s'}}", target.url("/ok")));

    assertThat(answer.at("/outcome/type")).isNotEqualTo("failed");
  }

  @Test
  void neither_a_redirect_nor_a_name_leads_to_a_port_of_a_node() {
    var port = ports(other).get(1);
    for (var at : List.of(one, other)) {
      // The fetch may be made by either.
      Eventually.becomes(422, () -> submitted(at, "127.0.0.1", port), TOLD);
    }
    var there = "http://127.0.0.1:" + port + "/stats";

    var redirected =
        one.api()
            .settled(
                "own",
                json(
                    "{'id': 'redirected', 'redirects': 3, 'request': {'url': '%s'}}",
                    target.url("/redirect/302?" + there)));
    assertThat(redirected.at("/outcome/stage")).isEqualTo("egress-denied");

    var named =
        one.api()
            .settled(
                "own",
                json("{'id': 'named', 'request': {'url': 'http://loopback.test:%d/stats'}}", port));
    assertThat(named.at("/outcome/type")).isEqualTo("failed");
    assertThat(named.at("/outcome/reason")).isEqualTo("egress-denied");
  }
}
