package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues of a cluster of two nodes. */
class QueueMetricsTest {
  private static final List<String> QUEUES = List.of("alpha", "beta", "gamma", "delta", "epsilon");

  @TempDir private Path directory;

  @Test
  void each_queue_has_figures_on_the_one_node_that_has_it() {
    var database = RunningNode.sharing("queue-metrics");
    try (var one = RunningNode.start(directory, database);
        var two = RunningNode.start(directory, database, one.joining())) {
      for (var queue : QUEUES) {
        one.management()
            .send(
                "PUT",
                "/admin/queues/" + queue,
                "{}".getBytes(StandardCharsets.UTF_8),
                "Content-Type",
                "application/json");
      }

      Eventually.becomes(
          QUEUES.stream().sorted().toList(),
          () -> Stream.of(one, two).flatMap(QueueMetricsTest::measured).sorted().toList());
      assertThat(MetricsPage.of(one).sum("retriever_cluster_members", "status", "up")).isEqualTo(2);
    }
  }

  private static Stream<String> measured(RunningNode node) {
    return MetricsPage.of(node)
        .with("retriever_queue_waiting")
        .map(series -> series.labels().get("queue"))
        .collect(Collectors.toSet())
        .stream();
  }

  @Test
  void a_node_that_does_not_measure_says_how_to_turn_it_on() {
    try (var node = RunningNode.start(directory, "retriever.node.metrics.enabled = off")) {
      var answer = node.management().get("/metrics");

      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.at("/detail")).contains("RETRIEVER_METRICS");
    }
  }
}
