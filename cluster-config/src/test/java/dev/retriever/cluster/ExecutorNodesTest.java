package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Origins on some nodes, executors on others: what happens when either kind comes and goes. */
class ExecutorNodesTest {
  private static final String BOTH =
      """
      retriever.executor.placement = executor-nodes
      retriever.executor.pools { one { permits = 1, executors = 1 } }
      pekko.cluster.split-brain-resolver.stable-after = 2 s
      """;
  private static final String ORIGINS = "retriever.node.roles = origin";
  private static final String EXECUTORS = "retriever.node.roles = executor";
  private static final Duration REMOVED_BY = Duration.ofSeconds(40);

  private final TestTarget target = new TestTarget();
  private final List<RunningNode> nodes = new ArrayList<>();
  @TempDir private Path unused;
  private String database;

  @BeforeEach
  void name(TestInfo test) {
    database = RunningNode.sharing(test.getTestMethod().orElseThrow().getName());
  }

  @AfterEach
  void stop() {
    nodes.forEach(RunningNode::close);
    target.close();
  }

  private RunningNode node(String... overrides) {
    var all = new ArrayList<>(List.of(overrides));
    all.addAll(List.of(BOTH, database, RunningNode.MAY_CALL_LOOPBACK));
    if (!nodes.isEmpty()) {
      all.add(nodes.get(0).joining());
    }
    var node = RunningNode.start(unused, all.toArray(String[]::new));
    nodes.add(node);
    return node;
  }

  /** As a crash would: the others have to find out. */
  private void crash(RunningNode node) {
    nodes.remove(node);
    node.close();
  }

  private String spec(String id, String method, String path, String more) {
    return json(
        "{'id': '%s', 'request': {'method': '%s', 'url': '%s'} %s}",
        id, method, target.url(path), more.replace('\'', '"'));
  }

  private void submit(RunningNode node, String id, String method, String path)
      throws InterruptedException {
    var spec = spec(id, method, path, ", 'timeout': '2m', 'within': '4m'");
    assertThat(node.api().submit("o-" + id, spec).status()).isEqualTo(202);
    target.awaitHits(id, 1);
  }

  private String settled(RunningNode node, String id, String pointer) {
    Eventually.becomes(
        "settled", () -> node.api().get(fetch("o-" + id, id)).at("/state"), REMOVED_BY);
    return node.api().get(fetch("o-" + id, id)).at(pointer);
  }

  @Test
  void when_a_node_of_executors_dies_its_attempts_are_made_by_another_where_that_is_safe()
      throws InterruptedException {
    var origins = node(ORIGINS);
    var first = node(EXECUTORS, RunningNode.CRASHING);
    submit(origins, "get", "GET", "/held/died");
    submit(origins, "post", "POST", "/held/died");
    var second = node(EXECUTORS);

    crash(first);
    target.awaitHits("get", 1);
    assertThat(settled(origins, "post", "/outcome/reason")).isEqualTo("executor-lost");
    target.awaitHits("get", 2);
    target.release("died");

    assertThat(settled(origins, "get", "/outcome/type")).isEqualTo("answered");
    assertThat(origins.api().get(fetch("o-get", "get")).at("/attempts/1/executor"))
        .startsWith("retriever@" + second.remoting());
    assertThat(target.hits("post")).hasSize(1);
  }

  @Test
  void when_a_node_of_origins_dies_the_reports_find_them_on_another() throws InterruptedException {
    var executors = node(EXECUTORS);
    var first = node(ORIGINS, RunningNode.CRASHING);
    for (var i = 0; i < 5; i++) {
      submit(executors, "post-" + i, "POST", "/held/moved");
    }
    var second = node(ORIGINS);

    crash(first);
    Eventually.becomes(
        200, () -> second.api().get(fetch("o-post-0", "post-0")).status(), REMOVED_BY);
    target.release("moved");

    for (var i = 0; i < 5; i++) {
      assertThat(settled(second, "post-" + i, "/outcome/type")).isEqualTo("answered");
      assertThat(target.hits("post-" + i)).hasSize(1);
    }
    assertThat(second.stat("/lostAttempts")).isZero();
  }

  @Test
  void fetches_wait_until_there_is_a_node_of_executors() {
    var origins = node(ORIGINS);
    var id = "waiting";
    assertThat(origins.api().submit("o-" + id, spec(id, "GET", "/ok", "")).status()).isEqualTo(202);
    assertThat(target.hits(id)).isEmpty();

    node(EXECUTORS);

    assertThat(settled(origins, id, "/outcome/type")).isEqualTo("answered");
    assertThat(target.hits(id)).hasSize(1);
  }

  @Test
  void a_pool_with_one_permit_makes_one_attempt_after_the_other() {
    var origins = node(ORIGINS);
    node(EXECUTORS);
    for (var i = 0; i < 20; i++) {
      var spec = spec("one-" + i, "POST", "/ok", ", 'executor': 'one'");
      assertThat(origins.api().submit("o-one-" + i, spec).status()).isEqualTo(202);
    }

    for (var i = 0; i < 20; i++) {
      assertThat(settled(origins, "one-" + i, "/outcome/type")).isEqualTo("answered");
      assertThat(target.hits("one-" + i)).hasSize(1);
      assertThat(origins.api().get(fetch("o-one-" + i, "one-" + i)).json().at("/attempts"))
          .as("none was refused for want of room")
          .hasSize(1);
    }
  }
}
