package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that crashes and comes back where it was, as a process that is restarted does. */
class SameAddressTest {
  @TempDir private Path directory;

  private RunningNode node(int port) {
    return RunningNode.start(
        directory,
        RunningNode.MAY_CALL_LOOPBACK,
        RunningNode.CRASHING,
        "pekko.remote.artery.canonical.port = " + port,
        "retriever.origin.idle = 200 ms");
  }

  private static String spec(String id, String method, TestTarget target) {
    return json(
        "{'id': '%s', 'request': {'url': '%s', 'method': '%s'}, 'timeout': '10m', 'within': '1h'}",
        id, target.url("/held/restarted"), method);
  }

  /** Their timeout is no reason to end: it is far away. */
  @Test
  void attempts_of_its_earlier_incarnation_are_lost_and_made_again_where_that_is_safe()
      throws InterruptedException {
    var port = FreePort.on(List.of("127.0.0.1"));
    try (var target = new TestTarget()) {
      try (var first = node(port)) {
        first.api().submit("o", spec("post", "POST", target));
        first.api().submit("p", spec("get", "GET", target));
        target.awaitHits("post", 1);
        target.awaitHits("get", 1);
      }

      try (var second = node(port)) {
        Eventually.becomes(1L, () -> second.stat("/settled/unknown"));
        assertThat(second.api().get(fetch("o", "post")).at("/outcome/reason"))
            .isEqualTo("executor-lost");
        target.awaitHits("get", 2);
        target.release("restarted");
        Eventually.becomes(1L, () -> second.stat("/settled/answered"));
        assertThat(target.hits("post")).hasSize(1);
      }
    }
  }
}
