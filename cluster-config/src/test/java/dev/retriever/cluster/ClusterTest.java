package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
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

  /** Of those with large bodies, which a database in memory keeps. */
  private static final int FEW = 6;

  private static final int LARGE = 5 << 20;

  /** In the smallest pieces it is seconds on its way. */
  private static final int SLOW = 2 << 20;

  private static final String MAY_BE_LARGE =
      """
      retriever.node.max-request-body = 6 MiB
      retriever.executor.transport.max-response-body = 6 MiB
      """;
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
    all.add(MAY_BE_LARGE);
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

  /** Letters at random: any piece in a wrong place shows. */
  private static String text(int size, int seed) {
    var letters = new byte[size];
    var random = new Random(seed);
    for (var i = 0; i < size; i++) {
      letters[i] = (byte) ('a' + random.nextInt(26));
    }
    return new String(letters, StandardCharsets.US_ASCII);
  }

  /** What can be compared without being printed. */
  private static String digest(String text) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    return text.length()
        + " "
        + HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String withBody(String id, String url, String body) {
    return spec(id, url, ", 'body': '" + body + "'");
  }

  private String bodySent(String id) throws Exception {
    return digest(target.hits(id).get(0).text());
  }

  @Test
  void a_large_report_reaches_an_origin_that_has_moved_to_another_node_whole() throws Exception {
    for (var i = 0; i < FEW; i++) {
      var submission = withBody("large-" + i, target.url("/echo/moved"), text(LARGE, i));
      assertThat(first.api().submit(origin(i), submission).status()).isEqualTo(202);
      target.awaitHits("large-" + i, 1);
    }
    try (var second = node(first.joining())) {
      // Origins that have moved are not in memory until something comes for them.
      Eventually.becomes(true, () -> first.stat("/pending") < FEW - 1);
      target.release("moved");
      for (var i = 0; i < FEW; i++) {
        var view = second.api().get(fetch(origin(i), "large-" + i), "Prefer", "wait=60");
        assertThat(view.at("/outcome/type")).as("origin %d", i).isEqualTo("answered");
        assertThat(digest(view.at("/outcome/body"))).isEqualTo(digest(text(LARGE, i)));
        assertThat(target.hits("large-" + i)).as("sent once").hasSize(1);
      }
      bothSettled(second, FEW);
      assertThat(first.stat("/lostAttempts") + second.stat("/lostAttempts")).isZero();
      Eventually.becomes(0L, () -> first.stat("/permitsHeld"));
    }
  }

  @Test
  void a_subscriber_on_one_node_gets_outcomes_of_origins_on_the_other_and_of_origins_that_move() {
    try (var second = node(first.joining())) {
      var told = new ArrayList<Subscription>();
      for (var i = 0; i < FEW; i++) {
        told.add(Subscription.stream(second.api(), Subscription.path(origin(i))));
      }
      settle(first, "before");
      told.forEach(it -> assertThat(it.fetches(1)).containsExactly("before"));
      bothSettled(second, FEW);

      first.close();
      settle(second, "after");

      told.forEach(it -> assertThat(it.fetches(1)).containsExactly("after"));
      told.forEach(Subscription::close);
    }
  }

  private void settle(RunningNode node, String id) {
    for (var i = 0; i < FEW; i++) {
      var answer = node.api().settled(origin(i), spec(id, target.url("/ok"), ""));
      assertThat(answer.at("/state")).isEqualTo("settled");
    }
  }

  @Test
  void a_large_submission_reaches_an_origin_on_another_node_whole() throws Exception {
    try (var second = node(first.joining())) {
      for (var i = 0; i < FEW; i++) {
        var submission = withBody("sent-" + i, target.url("/ok"), text(LARGE, i));
        assertThat(second.api().settled(origin(i), submission).at("/outcome/type"))
            .isEqualTo("answered");
        assertThat(bodySent("sent-" + i)).isEqualTo(digest(text(LARGE, i)));
      }
      bothSettled(second, FEW);
    }
  }

  @Test
  void while_a_large_submission_is_on_its_way_others_are_answered() throws Exception {
    var slowly =
        """
        retriever.executor.parcels { piece = 1 KiB, pulled-bytes = 1 }
        retriever.origin.ask-timeout = 25 s
        """;
    first.close();
    first = node(slowly);
    try (var second = node(slowly, first.joining())) {
      var there = originOf(first, second);
      var large = withBody("large", target.url("/ok"), text(SLOW, 1));
      var accepted = CompletableFuture.supplyAsync(() -> untilRoom(second, there, large));
      var refused = Optional.<Api.Answer>empty();
      for (var i = 0; refused.isEmpty() && !accepted.isDone(); i++) {
        var answer =
            second.api().submit(there, withBody("other-" + i, target.url("/ok"), text(10_000, i)));
        refused = Optional.of(answer).filter(it -> it.status() != 202);
      }
      var read = 0;
      while (!accepted.isDone()) {
        assertThat(second.api().get(fetch(there, "small")).status()).isEqualTo(200);
        read++;
      }

      assertThat(refused).hasValueSatisfying(ClusterTest::isOverloaded);
      assertThat(first.stat("/refusedMessages")).isPositive();
      assertThat(read).as("reads while it was on its way").isGreaterThan(2);
      assertThat(accepted.get().status()).as(accepted.get().text()).isEqualTo(202);
      Eventually.becomes(0L, () -> first.stat("/pulledBytes"));
      target.awaitHits("large", 1);
      assertThat(bodySent("large")).isEqualTo(digest(text(SLOW, 1)));
    }
  }

  private static void isOverloaded(Api.Answer answer) {
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.at("/type")).isEqualTo("/problems/overloaded");
    assertThat(answer.header("Retry-After")).isPresent();
  }

  private static Api.Answer untilRoom(RunningNode node, String origin, String submission) {
    var answer = node.api().submit(origin, submission);
    while (answer.status() == 503) {
      answer = node.api().submit(origin, submission);
    }
    return answer;
  }

  /** One that lives on that node, with a fetch "small". */
  private String originOf(RunningNode node, RunningNode other) {
    for (var i = 0; i < ORIGINS; i++) {
      var before = node.stat("/accepted");
      other.api().settled(origin(i), spec("small", target.url("/ok"), ""));
      if (node.stat("/accepted") > before) {
        return origin(i);
      }
    }
    throw new AssertionError("none of " + ORIGINS + " origins is on the other node");
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
      stopping.get(90, TimeUnit.SECONDS);
    }
    for (var i = 0; i < ORIGINS; i++) {
      var view = first.api().get(fetch(origin(i), "quick-" + i), "Prefer", "wait=60");
      assertThat(view.at("/outcome/type")).as("origin %d", i).isEqualTo("answered");
      assertThat(target.hits("quick-" + i)).hasSize(1);
    }
  }

  @Test
  void an_attempt_that_a_stop_aborts_is_made_again_by_another_node_where_that_is_safe()
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
      var view = first.api().get(fetch(origin(i), "slow-" + i), "Prefer", "wait=60");
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
