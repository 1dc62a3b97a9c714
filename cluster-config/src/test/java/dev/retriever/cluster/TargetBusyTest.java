package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A target with which as many exchanges are under way as there may be. */
class TargetBusyTest {
  private static final String FETCH =
      "{'id': '%s', 'dispatch': '%s', 'request': {'method': 'POST', 'url': '%s'},"
          + " 'retry': {'maxAttempts': 1, 'minBackoff': '200ms', 'maxBackoff': '200ms'}}";
  private static final String BUSY = "queued, target-busy";

  private static RunningNode node;
  private static TestTarget target;
  private static TestTarget other;

  @BeforeAll
  static void start(@TempDir Path dataDir) {
    node =
        RunningNode.start(
            dataDir,
            RunningNode.MAY_CALL_LOOPBACK,
            "retriever.executor.transport.max-per-target = 1");
    target = new TestTarget();
    other = new TestTarget();
  }

  @AfterAll
  static void stop() {
    node.close();
    target.close();
    other.close();
  }

  private static void submit(String id, String dispatch, String url) {
    var answer = node.api().submit("busy-" + id, json(FETCH, id, dispatch, url));

    assertThat(answer.status()).as(answer.text()).isEqualTo(202);
  }

  /** Stages and reasons of the attempts that have ended. */
  private static List<String> ends(Api.Answer fetch) {
    return StreamSupport.stream(fetch.json().at("/attempts").spliterator(), false)
        .filter(attempt -> attempt.has("endedAt"))
        .map(attempt -> attempt.path("stage").asText() + ", " + attempt.path("reason").asText())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"proxy", "direct"})
  void a_fetch_waits_in_its_origin_for_a_target_that_is_busy_and_spends_no_attempt(String dispatch)
      throws Exception {
    var held = "held-" + dispatch;
    var waiting = "waiting-" + dispatch;
    submit(held, dispatch, target.url("/held/" + dispatch));
    target.awaitHits(held, 1);

    submit(waiting, dispatch, target.url("/ok"));
    var path = Api.fetch("busy-" + waiting, waiting);
    Eventually.becomes(true, () -> ends(node.api().get(path)).size() >= 2);
    assertThat(ends(node.api().get(path))).containsOnly(BUSY);
    assertThat(node.api().get(path).at("/state")).isEqualTo("pending");
    assertThat(target.hits(waiting)).isEmpty();
    submit("other-" + dispatch, dispatch, other.url("/ok"));
    assertThat(other.awaitHits("other-" + dispatch, 1)).hasSize(1);

    target.release(dispatch);
    var settled = node.api().settled(path);

    assertThat(settled.at("/outcome/status")).as(settled.text()).isEqualTo("200");
    assertThat(settled.json().has("exhausted")).isFalse();
    var ends = ends(settled);
    assertThat(ends.subList(0, ends.size() - 1)).hasSizeGreaterThanOrEqualTo(2).containsOnly(BUSY);
    assertThat(ends.get(ends.size() - 1)).startsWith("complete");
    assertThat(target.hits(waiting)).hasSize(1);
    assertThat(node.api().settled(Api.fetch("busy-" + held, held)).at("/outcome/status"))
        .isEqualTo("200");
  }
}
