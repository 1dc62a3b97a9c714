package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.callbacks.CallbackKeys;
import dev.retriever.cluster.callbacks.CallbackReceiver;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead callbacks are made again by a job, though the node is killed in the middle of it. */
class CallbackBulkTest {
  private static final int MANY = 120;
  private static final int AT_A_TIME = 20;

  @TempDir private Path directory;
  @TempDir private Path keys;

  private RunningNode started() {
    return RunningNode.start(
        directory,
        RunningNode.MAY_CALL_LOOPBACK,
        RunningNode.CRASHING,
        CallbackKeys.settings(keys));
  }

  private static Api.Answer bulk(Api api, String body) {
    return api.post(
        "/v1/bulk",
        json("{'action':'redrive','where':{'callback':'orders','state':'dead'}," + body + "}"));
  }

  private static void submit(Api api, TestTarget target) {
    for (var i = 0; i < MANY; i++) {
      var fetch =
          json("{'id':'f-%d','request':{'url':'%s'},'callback':'orders'}", i, target.url("/ok"));
      var origin = "o-" + i % 7;
      // A node that is busy may ask for a repeat.
      Eventually.becomes(true, () -> api.submit(origin, fetch).status() < 300);
    }
  }

  private static int dead(Api api) {
    return api.get("/v1/callbacks/orders").json().at("/callbacks/dead").asInt(-1);
  }

  @Test
  void each_dead_callback_is_made_again_once_under_its_own_webhook_id() throws Exception {
    try (var target = new TestTarget();
        var receiver = new CallbackReceiver()) {
      receiver.answer("/hook", 500);
      var node = started();
      try {
        var api = node.api();
        var key = "'keys':[{'secret':'cb-1'}],'schedule':['0s']";
        assertThat(CallbackNodeTest.put(api, "orders", receiver.url("/hook"), key).status())
            .isEqualTo(201);
        submit(api, target);
        Eventually.becomes(MANY, () -> dead(api));
        assertThat(bulk(api, "'dryRun':true").at("/matching")).isEqualTo("" + MANY);
        receiver.answer("/hook", 204);
        assertThat(bulk(api, "'id':'again','rate':" + AT_A_TIME).status()).isEqualTo(201);
        Eventually.becomes(true, () -> dead(api) <= MANY - 2 * AT_A_TIME);
      } finally {
        node.close();
      }
      try (var second = started()) {
        Eventually.becomes("done", () -> second.api().get("/v1/bulk/again").at("/state"));
        Eventually.becomes(0, () -> dead(second.api()));
        Eventually.becomes(
            "0", () -> second.api().get("/v1/callbacks/orders").at("/callbacks/pending"));
      }
      var taken = receiver.hits.stream().filter(hit -> hit.answered() == 204).toList();
      var refused = receiver.hits.stream().filter(hit -> hit.answered() == 500).toList();
      var ids = refused.stream().map(hit -> hit.header("webhook-id")).collect(Collectors.toSet());
      assertThat(ids).hasSize(MANY);
      assertThat(taken.stream().map(hit -> hit.header("webhook-id")).collect(Collectors.toSet()))
          .isEqualTo(ids);
    }
  }
}
