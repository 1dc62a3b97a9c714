package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes on one database, in this JVM; what a crash does is tested with processes. */
class ClusterTest {
  private static final int ORIGINS = 24;
  private static final int MAX_BODY = 1 << 20;
  private static final String MOVE_SOON = "pekko.cluster.sharding.rebalance-interval = 500 ms";

  private final TestTarget target = new TestTarget();
  @TempDir private Path unused;
  private String database;
  private RunningNode first;

  @BeforeEach
  void start(TestInfo test) {
    database = RunningNode.sharing(test.getTestMethod().orElseThrow().getName());
    first = node();
  }

  @AfterEach
  void stop() {
    first.close();
    target.close();
  }

  private RunningNode node(String... overrides) {
    var all = new java.util.ArrayList<>(java.util.List.of(overrides));
    all.add(database);
    all.add(MOVE_SOON);
    all.add(RunningNode.MAY_CALL_LOOPBACK);
    return RunningNode.start(unused, all.toArray(String[]::new));
  }

  private static String origin(int i) {
    return "origin-" + i;
  }

  private static String spec(String id, String url, String more) {
    return json(
        "{'id': '%s', 'request': {'url': '%s', 'method': 'POST', 'headers': {} %s}}",
        id, url, more.replace('\'', '"'));
  }

  /** More than one of the nodes has settled something, and together all. */
  private void bothSettled(RunningNode second, int fetches) {
    var here = first.stat("/settled/answered");
    var there = second.stat("/settled/answered");
    assertThat(here).as("here").isPositive();
    assertThat(there).as("there").isPositive();
    assertThat(here + there).isEqualTo(fetches);
  }

  @Test
  void a_report_of_the_largest_size_reaches_an_origin_that_has_moved_to_another_node()
      throws Exception {
    for (var i = 0; i < ORIGINS; i++) {
      first.api().submit(origin(i), spec("large-" + i, target.url("/large/moved/" + MAX_BODY), ""));
      target.awaitHits("large-" + i, 1);
    }
    try (var second = node(first.joining())) {
      // Origins that have moved are not in memory until something comes for them.
      Eventually.becomes(true, () -> first.stat("/pending") < ORIGINS - 3);
      target.release("moved");
      for (var i = 0; i < ORIGINS; i++) {
        var view = second.api().get(fetch(origin(i), "large-" + i), "Prefer", "wait=20");
        assertThat(view.at("/outcome/type")).as("origin %d", i).isEqualTo("answered");
        assertThat(view.at("/outcome/body")).hasSize(MAX_BODY);
        assertThat(target.hits("large-" + i)).as("sent once").hasSize(1);
      }
      bothSettled(second, ORIGINS);
      assertThat(first.stat("/lostAttempts") + second.stat("/lostAttempts")).isZero();
      Eventually.becomes(0L, () -> first.stat("/permitsHeld"));
    }
  }

  @Test
  void a_submission_of_the_largest_size_reaches_an_origin_on_another_node() {
    try (var second = node(first.joining())) {
      for (var i = 0; i < ORIGINS; i++) {
        var body = "y".repeat(MAX_BODY);
        var view =
            second
                .api()
                .settled(
                    origin(i), spec("sent-" + i, target.url("/ok"), ", 'body': '" + body + "'"));
        assertThat(view.at("/outcome/type")).isEqualTo("answered");
        assertThat(target.hits("sent-" + i).get(0).body()).hasSize(MAX_BODY);
      }
      bothSettled(second, ORIGINS);
    }
  }

  @Test
  void a_node_that_is_stopped_lets_what_is_under_way_finish_and_hands_over_the_rest()
      throws Exception {
    try (var second = node(first.joining(), "retriever.executor.drain.finish = 10 s")) {
      for (var i = 0; i < ORIGINS; i++) {
        second.api().submit(origin(i), spec("quick-" + i, target.url("/held/drained"), ""));
        target.awaitHits("quick-" + i, 1);
      }
      assertThat(second.stat("/inFlight")).isPositive();
      var stopping = CompletableFuture.runAsync(second::close);
      Eventually.becomes(503, () -> second.management().get("/ready").status());
      target.release("drained");
      stopping.get(30, TimeUnit.SECONDS);
    }
    for (var i = 0; i < ORIGINS; i++) {
      var view = first.api().get(fetch(origin(i), "quick-" + i), "Prefer", "wait=20");
      assertThat(view.at("/outcome/type")).as("origin %d", i).isEqualTo("answered");
      assertThat(target.hits("quick-" + i)).hasSize(1);
    }
  }

  @Test
  void what_is_aborted_by_a_stop_is_made_again_by_another_node_where_that_is_safe()
      throws Exception {
    try (var second = node(first.joining())) {
      for (var i = 0; i < ORIGINS; i++) {
        var keyed = i % 2 == 0 ? ", 'idempotencyKey': 'k'" : "";
        second.api().submit(origin(i), spec("slow-" + i, target.url("/held/slow"), keyed));
        target.awaitHits("slow-" + i, 1);
      }
    }
    target.release("slow");
    var aborted = 0;
    for (var i = 0; i < ORIGINS; i++) {
      var view = first.api().get(fetch(origin(i), "slow-" + i), "Prefer", "wait=20");
      if (target.hits("slow-" + i).size() == 2) {
        assertThat(i % 2).as("sent twice").isZero();
        assertThat(view.at("/attempts/0/reason")).isEqualTo("executor-lost");
        assertThat(view.at("/outcome/type")).isEqualTo("answered");
        aborted++;
      } else if (view.at("/outcome/type").equals("unknown")) {
        assertThat(i % 2).as("could have been sent again").isOne();
        assertThat(view.at("/outcome/reason")).isEqualTo("executor-lost");
        aborted++;
      } else {
        assertThat(view.at("/outcome/type")).isEqualTo("answered");
      }
    }
    assertThat(aborted).isPositive();
  }
}
