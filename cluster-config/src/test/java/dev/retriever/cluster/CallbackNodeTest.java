package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static dev.retriever.cluster.callbacks.CallbackKeys.FIRST;
import static dev.retriever.cluster.callbacks.CallbackKeys.SECOND;
import static dev.retriever.cluster.callbacks.CallbackKeys.THIRD;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.cluster.callbacks.CallbackKeys;
import dev.retriever.cluster.callbacks.CallbackReceiver;
import dev.retriever.cluster.callbacks.CallbackReceiver.Hit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Outcomes are told though the node ends in the middle, and keys are changed. */
class CallbackNodeTest {
  private static final int MANY = 60;
  private static final String OFTEN = "['0s','1s','1s','1s','1s','1s','1s','1s','1s','1s']";

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

  @TempDir Path dataDir;
  @TempDir Path keys;

  static Api.Answer put(Api api, String name, String url, String more) {
    var body = json("{'url':'" + url + "'," + more + "}").getBytes(StandardCharsets.UTF_8);
    return api.send("PUT", "/v1/callbacks/" + name, body, "Content-Type", "application/json");
  }

  private static void submit(Api api, TestTarget target, int from, int to) {
    for (var i = from; i < to; i++) {
      var fetch =
          json(
              "{'id':'f-" + i + "','request':{'url':'%s'},'callback':'orders'}", target.url("/ok"));
      assertThat(api.submit("o-" + i % 7, fetch).status()).isEqualTo(202);
    }
  }

  private static String fetchId(Hit hit) {
    try {
      return new ObjectMapper().readTree(hit.body()).at("/data/fetchId").asText();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Set<String> taken(CallbackReceiver receiver) {
    return receiver.hits.stream()
        .filter(hit -> hit.answered() == 204)
        .map(CallbackNodeTest::fetchId)
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @EnumSource
  void each_outcome_is_told_under_one_id_through_an_end_of_the_node_and_a_rotation(End end)
      throws Exception {
    var there = end.database.settings();
    var secrets = CallbackKeys.settings(keys);
    try (var target = new TestTarget();
        var receiver = new CallbackReceiver()) {
      receiver.answer("/hook", 503);
      var url = receiver.url("/hook");
      try (var node =
          RunningNode.start(dataDir, RunningNode.MAY_CALL_LOOPBACK, secrets, there, end.settings)) {
        var first =
            put(node.api(), "orders", url, "'keys':[{'secret':'cb-1'}],'schedule':" + OFTEN);
        assertThat(first.status()).isEqualTo(201);
        submit(node.api(), target, 0, MANY / 3);
        Eventually.becomes(true, () -> receiver.hits.size() > MANY / 3);
        var both = "'keys':[{'secret':'cb-2'},{'secret':'cb-1'}],'schedule':" + OFTEN;
        assertThat(put(node.api(), "orders", url, both).at("/version")).isEqualTo("2");
        submit(node.api(), target, MANY / 3, MANY);
      }
      receiver.answer("/hook", 204);
      try (var node = RunningNode.start(dataDir, RunningNode.MAY_CALL_LOOPBACK, secrets, there)) {
        var all = IntStream.range(0, MANY).mapToObj(i -> "f-" + i).collect(Collectors.toSet());
        Eventually.becomes(all, () -> taken(receiver));
        Eventually.becomes(
            "0", () -> node.api().get("/v1/callbacks/orders").at("/callbacks/pending"));
        assertThat(put(node.api(), "orders", url, "'keys':[{'secret':'cb-2'}]").at("/version"))
            .isEqualTo("3");
        Eventually.becomes(0L, () -> node.stat("/pending"));
        submit(node.api(), target, MANY, MANY + 1);
        Eventually.becomes(true, () -> taken(receiver).contains("f-" + MANY));
      }
      assertThat(receiver.hits)
          .allMatch(hit -> hit.isSignedBy(FIRST) || hit.isSignedBy(SECOND))
          .noneMatch(hit -> hit.isSignedBy(THIRD))
          .noneMatch(hit -> hit.isSignedBy(FIRST, hit.body() + " "))
          .anyMatch(hit -> hit.isSignedBy(FIRST) && hit.isSignedBy(SECOND));
      var last = receiver.hits.get(receiver.hits.size() - 1);
      assertThat(last.isSignedBy(SECOND)).isTrue();
      assertThat(last.isSignedBy(FIRST)).isFalse();
      assertOneIdForEach(receiver.hits);
    }
  }

  private static void assertOneIdForEach(List<Hit> hits) {
    var ids =
        hits.stream()
            .collect(
                Collectors.groupingBy(
                    CallbackNodeTest::fetchId,
                    Collectors.mapping(hit -> hit.header("webhook-id"), Collectors.toSet())));
    assertThat(ids).hasSize(MANY + 1).allSatisfy((fetch, of) -> assertThat(of).hasSize(1));
    assertThat(ids.values().stream().flatMap(Set::stream).distinct()).hasSize(MANY + 1);
  }

  @ParameterizedTest
  @EnumSource(names = "STOPPED")
  void a_dead_callback_is_listed_after_a_restart_and_made_again_under_the_same_webhook_id(End end)
      throws Exception {
    var secrets = CallbackKeys.settings(keys);
    try (var target = new TestTarget();
        var receiver = new CallbackReceiver()) {
      receiver.answer("/hook", 500);
      try (var node = RunningNode.start(dataDir, RunningNode.MAY_CALL_LOOPBACK, secrets)) {
        put(
            node.api(),
            "orders",
            receiver.url("/hook"),
            "'keys':[{'secret':'cb-1'}],'schedule':['0s','1s']");
        submit(node.api(), target, 0, 1);
        Eventually.becomes("1", () -> node.api().get("/v1/callbacks/orders").at("/callbacks/dead"));
      }
      receiver.answer("/hook", 200);
      try (var node = RunningNode.start(dataDir, RunningNode.MAY_CALL_LOOPBACK, secrets)) {
        var dead = node.api().get("/v1/callbacks/orders/dead");
        assertThat(dead.at("/items/0/fetchId")).isEqualTo("f-0");
        assertThat(dead.at("/items/0/status")).isEqualTo("500");
        var path = fetch(dead.at("/items/0/originId"), dead.at("/items/0/id"));
        assertThat(node.api().get(path).at("/tells/fetchId")).isEqualTo("f-0");
        assertThat(node.api().get(path).at("/attempts/0/url")).isEqualTo(receiver.url("/hook"));

        var again = node.api().send("POST", path + "/redrive", null);

        assertThat(again.status()).isEqualTo(202);
        Eventually.becomes(3, () -> receiver.hits.size());
        assertThat(receiver.hits.stream().map(hit -> hit.header("webhook-id")).distinct())
            .hasSize(1);
        Eventually.becomes("0", () -> node.api().get("/v1/callbacks/orders").at("/callbacks/dead"));
      }
    }
  }
}
