package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues of a real node, through its ports. */
class QueueNodeTest {
  private static final List<String> FETCHES = List.of("one", "two", "three");

  @TempDir Path dataDir;

  private RunningNode start() {
    return RunningNode.start(dataDir, RunningNode.MAY_CALL_LOOPBACK);
  }

  private static Api.Answer admin(RunningNode node, String method, String path, String body) {
    return node.management()
        .send(
            method,
            "/admin/queues/" + path,
            Api.json(body).getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            "application/json");
  }

  /** Nodes know of a new queue a second later. */
  private static void submit(RunningNode node, TestTarget target, String fetchId, String gate) {
    var fetch =
        Api.json(
            "{'id':'%s','request':{'url':'%s'},'queue':'line'}",
            fetchId, target.url("/held/" + gate));
    Eventually.becomes(202, () -> node.api().submit("o-" + fetchId, fetch).status());
  }

  private static long sent(TestTarget target) {
    return FETCHES.stream().mapToLong(id -> target.hits(id).size()).sum();
  }

  private static Stream<String> outcomes(RunningNode node) {
    return FETCHES.stream()
        .map(id -> node.api().settled(Api.fetch("o-" + id, id)).at("/outcome/type"));
  }

  @Test
  void a_queue_lets_as_many_go_as_it_may_and_goes_on_after_a_restart_while_all_sleep()
      throws Exception {
    try (var target = new TestTarget()) {
      try (var node = start()) {
        assertThat(admin(node, "PUT", "line", "{'concurrency':1}").status()).isEqualTo(201);
        FETCHES.forEach(id -> submit(node, target, id, "gate"));
        Eventually.becomes(1L, () -> sent(target));
        assertThat(admin(node, "POST", "line/pause", "{'reason':'restart'}").status())
            .isEqualTo(200);
        target.release("gate");
        Eventually.becomes(
            "2", () -> node.management().get("/admin/queues/line").at("/waiting/fetches"));
        assertThat(sent(target)).isEqualTo(1);
      }
      try (var node = start()) {
        Eventually.becomes(
            "paused", () -> node.management().get("/admin/queues/line").at("/state"));
        assertThat(sent(target)).isEqualTo(1);

        assertThat(admin(node, "POST", "line/resume", "{}").status()).isEqualTo(200);

        assertThat(outcomes(node)).containsOnly("answered");
        assertThat(sent(target)).isEqualTo(3);
      }
    }
  }

  @Test
  void what_waits_goes_on_after_a_restart_though_no_one_sends_a_message() throws Exception {
    try (var target = new TestTarget()) {
      target.release("gate");
      try (var node = start()) {
        admin(node, "PUT", "line", "{'concurrency':1}");
        var until = Instant.now().plusSeconds(5);
        assertThat(
                admin(node, "POST", "line/hold", "{'reason':'deploy','until':'" + until + "'}")
                    .status())
            .isEqualTo(200);
        FETCHES.forEach(id -> submit(node, target, id, "gate"));
        assertThat(sent(target)).isZero();
      }
      try (var node = start()) {
        Eventually.becomes(3L, () -> sent(target));
        assertThat(outcomes(node)).containsOnly("answered");
      }
    }
  }
}
