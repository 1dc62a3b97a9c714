package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.storage.Storage;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes hold the same origin, as when one was paused and replaced: both are about to write the
 * same row numbers. The primary key of the journal lets one.
 */
class FencedOriginTest {
  /** To each of the two the other is a node that left, whose attempts are lost. */
  private static final String CLOCKLESS = "retriever.node.alarm-clock.interval = 1 h";

  private static final String ORIGIN = "fenced";
  private static final String SOON = "retriever.origin.ask-timeout = 2 s";

  @TempDir private Path dataDir;
  private final String there = TestDatabase.POSTGRESQL.settings();

  private RunningNode node(String name) {
    return RunningNode.start(
        dataDir.resolve(name), RunningNode.MAY_CALL_LOOPBACK, there, SOON, CLOCKLESS);
  }

  @Test
  void one_writer_loses_and_what_was_in_its_batch_is_unharmed() throws Exception {
    try (var target = new TestTarget();
        var paused = node("paused");
        var replacement = node("replacement")) {
      settled(paused, ORIGIN, "before", target);
      settled(replacement, ORIGIN, "elsewhere", target);
      assertThat(paused.journaled(ORIGIN)).isEqualTo(4);

      var batch = inOneBatch(paused, target);

      var lost = batch.get(batch.size() - 1);
      assertThat(lost.status()).as("refused, it recovers and takes it up").isEqualTo(202);
      for (var origin : origins().toList()) {
        settled(paused, origin, origin, target);
        assertThat(target.hits(origin)).as(origin).hasSize(1);
      }
      assertThat(paused.journaled(ORIGIN)).isEqualTo(6);
      for (var id : List.of("before", "elsewhere")) {
        assertThat(paused.api().get(fetch(ORIGIN, id)).at("/outcome/type")).isEqualTo("answered");
        assertThat(target.hits(id)).hasSize(1);
      }
      for (var origin : neighbours().toList()) {
        assertThat(paused.journaled(origin)).as(origin).isEqualTo(2);
      }
    }
  }

  /** The table is locked until all submissions wait to be journaled; then they are one insert. */
  private List<Api.Answer> inOneBatch(RunningNode node, TestTarget target) throws SQLException {
    var config = RunningNode.config(dataDir, there);
    try (var connection = Storage.from(config).connect();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE event_journal IN SHARE ROW EXCLUSIVE MODE");
      var answers =
          origins()
              .map(
                  origin ->
                      CompletableFuture.supplyAsync(
                          () -> node.api().submit(origin, spec(origin, target)),
                          task -> new Thread(task).start()))
              .toList();
      Eventually.becomes(origins().count(), () -> node.stat("/permitsHeld"));
      connection.commit();
      return answers.stream().map(CompletableFuture::join).toList();
    }
  }

  /** More than there are writers of batches, so that one batch has several of them. */
  private static Stream<String> neighbours() {
    return IntStream.range(0, 12).mapToObj(i -> "neighbour-" + i);
  }

  private static Stream<String> origins() {
    return Stream.concat(neighbours(), Stream.of(ORIGIN));
  }

  /** A caller that is told 503 repeats. */
  private static void settled(RunningNode node, String origin, String id, TestTarget target) {
    Eventually.becomes(
        "answered",
        () -> node.api().settled(origin, spec(id, target)).at("/outcome/type"),
        Duration.ofSeconds(30));
  }

  private static String spec(String id, TestTarget target) {
    return json("{'id': '%s', 'request': {'url': '%s', 'method': 'POST'}}", id, target.url("/ok"));
  }
}
