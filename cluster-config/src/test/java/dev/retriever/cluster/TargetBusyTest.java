package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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

  /** Accepted, started, settled; also of one that did not have to wait. */
  private static final int MOST_ROWS_EACH = 3;

  private static final int MANY = 30;

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

  private static String path(String id) {
    return Api.fetch("busy-" + id, id);
  }

  /** All in one origin. */
  private static void submitMany(String dispatch, int count, String url) {
    for (var i = 0; i < count; i++) {
      var answer = node.api().submit("many-" + dispatch, json(FETCH, "m" + i, dispatch, url));
      assertThat(answer.status()).as(answer.text()).isEqualTo(202);
    }
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
    submit("other-" + dispatch, dispatch, other.url("/ok"));
    assertThat(other.awaitHits("other-" + dispatch, 1)).hasSize(1);
    assertThat(node.api().get(path(waiting)).at("/state")).isEqualTo("pending");
    assertThat(node.api().get(path(waiting)).json().path("attempts")).isEmpty();
    assertThat(target.hits(waiting)).isEmpty();

    target.release(dispatch);
    var settled = node.api().settled(path(waiting));

    assertThat(settled.at("/outcome/status")).as(settled.text()).isEqualTo("200");
    assertThat(settled.json().has("exhausted")).isFalse();
    assertThat(settled.json().path("attempts")).hasSize(1);
    assertThat(target.hits(waiting)).hasSize(1);
    assertThat(node.api().settled(path(held)).at("/outcome/status")).isEqualTo("200");
  }

  @ParameterizedTest
  @ValueSource(strings = {"proxy", "direct"})
  void however_many_wait_for_a_busy_target_each_journals_no_more_than_three_rows(String dispatch)
      throws Exception {
    var gate = "many-" + dispatch;
    submitMany(dispatch, MANY, target.url("/held/" + gate));
    target.awaitHits("m0", 1);
    target.release(gate);

    for (var i = 0; i < MANY; i++) {
      var settled = node.api().settled(Api.fetch("many-" + dispatch, "m" + i));
      assertThat(settled.at("/outcome/status")).as(settled.text()).isEqualTo("200");
      assertThat(settled.json().path("attempts")).hasSize(1);
    }
    assertThat(node.journaled("many-" + dispatch)).isLessThanOrEqualTo(MANY * MOST_ROWS_EACH);
  }
}
