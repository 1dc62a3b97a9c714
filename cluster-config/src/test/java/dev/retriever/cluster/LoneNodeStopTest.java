package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that stops, with no other that could take its origins. */
class LoneNodeStopTest {
  /** Longer than the test waits for the node. */
  private static final String PATIENT =
      "pekko.coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout = 10 m";

  private static final int LESS_THAN_PATIENT_SECONDS = 50;

  @TempDir private Path directory;

  @Test
  void it_does_not_wait_for_another_to_take_over_what_is_pending_and_awaited() {
    try (var target = new TestTarget()) {
      var node = RunningNode.start(directory, RunningNode.MAY_CALL_LOOPBACK, PATIENT);
      var held = json("{'id': 'f', 'request': {'url': '%s'}}", target.url("/held/stop"));
      assertThat(node.api().submit("o", held).status()).isEqualTo(202);
      Eventually.becomes(1L, () -> node.stat("/inFlight"));
      var awaited = node.api().getLater(fetch("o", "f"), "Prefer", "wait=60");

      CompletableFuture.runAsync(node::close)
          .orTimeout(LESS_THAN_PATIENT_SECONDS, TimeUnit.SECONDS)
          .join();

      assertThat(awaited).isDone();
    }
    try (var again = RunningNode.start(directory, RunningNode.MAY_CALL_LOOPBACK)) {
      assertThat(again.api().get(fetch("o", "f")).at("/state")).isEqualTo("pending");
    }
  }
}
