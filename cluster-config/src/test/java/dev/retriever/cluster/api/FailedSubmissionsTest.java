package dev.retriever.cluster.api;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.Api;
import dev.retriever.cluster.Eventually;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.cluster.TestTarget;
import dev.retriever.cluster.storage.Storage;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many submissions that come to nothing, since the journal's table is locked meanwhile. */
class FailedSubmissionsTest {
  /** More than may be under way before it is asked whether there are too many. */
  private static final int MANY = Congestion.FEW + 60;

  /** Callers at a time: each is a thread. */
  private static final int CALLERS = 100;

  private static final String IMPATIENT =
      """
      retriever.origin.ask-timeout = 1 s
      retriever.node.overloaded-after = 1 ms
      """;

  @TempDir private Path directory;
  private final String there = TestDatabase.POSTGRESQL.settings();

  /** With that little patience every submission takes long. */
  @Test
  void failed_submissions_are_not_counted_as_under_way() throws Exception {
    try (var target = new TestTarget();
        var node = RunningNode.start(directory, RunningNode.MAY_CALL_LOOPBACK, there, IMPATIENT)) {
      assertThat(failed(node, target)).hasSize(MANY).containsOnly(503);

      Eventually.becomes(202, () -> submit(node, "first", target));
      for (var i = 0; i < 3; i++) {
        var begun = System.nanoTime();
        Eventually.becomes(true, () -> System.nanoTime() - begun > 600_000_000L);
        assertThat(answer(node, "next-" + i, target).text()).doesNotContain("overloaded");
      }
    }
  }

  private List<Integer> failed(RunningNode node, TestTarget target) throws SQLException {
    var threads = Executors.newFixedThreadPool(CALLERS);
    var config = RunningNode.config(directory, there);
    try (var connection = Storage.from(config).connect();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE event_journal IN SHARE ROW EXCLUSIVE MODE");
      return IntStream.range(0, MANY)
          .mapToObj(
              i ->
                  CompletableFuture.supplyAsync(() -> submit(node, "failed-" + i, target), threads))
          .toList()
          .stream()
          .map(CompletableFuture::join)
          .toList();
    } finally {
      threads.shutdown();
    }
  }

  private static int submit(RunningNode node, String id, TestTarget target) {
    return answer(node, id, target).status();
  }

  private static Api.Answer answer(RunningNode node, String id, TestTarget target) {
    var spec = json("{'id': '%s', 'request': {'url': '%s'}}", id, target.url("/ok"));
    return node.api().submit("o-" + id, spec);
  }
}
