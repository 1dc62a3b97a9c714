package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.fetches;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.storage.Storage;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the API does to the database, on PostgreSQL; all else about it is tested on H2. */
class PostgresNodeTest {
  private static TestTarget target;
  private static RunningNode node;

  @BeforeAll
  static void start(@TempDir Path dataDir) {
    target = new TestTarget();
    node =
        RunningNode.start(
            dataDir, RunningNode.MAY_CALL_LOOPBACK, TestDatabase.POSTGRESQL.settings());
  }

  @AfterAll
  static void stop() {
    node.close();
    target.close();
  }

  @Test
  void a_large_answer_is_read_as_it_came() {
    var body = "\u00e4\\n'".repeat(100_000);
    var spec =
        "{\"id\": \"large\", \"request\": {\"url\": \""
            + target.url("/echo")
            + "\", \"method\": \"POST\", \"body\": \""
            + body
            + "\"}}";

    var settled = node.api().settled("o", spec);

    assertThat(settled.at("/outcome/body")).isEqualTo(body.replace("\\n", "\n"));
    assertThat(node.api().get(fetch("o", "large")).json()).isEqualTo(settled.json());
  }

  @Test
  void the_same_submission_is_journaled_once() throws Exception {
    var first = node.api().settled("again", spec("a", "/ok"));
    var rows = node.journaled("again");

    var second = node.api().submit("again", spec("a", "/ok"));

    assertThat(second.header("Idempotency-Replayed")).contains("true");
    assertThat(second.json()).isEqualTo(first.json());
    assertThat(node.journaled("again")).isEqualTo(rows).isEqualTo(2);
  }

  @Test
  void a_fetch_is_cancelled_and_listed() throws Exception {
    node.api().settled("listed", spec("done", "/binary"));
    node.api().submit("listed", spec("held", "/held/cancelled"));
    target.awaitHits("held", 1);

    assertThat(node.api().delete(fetch("listed", "held")).at("/outcome/type"))
        .isEqualTo("cancelled");

    assertThat(node.api().get(fetches("listed")).json().get("items"))
        .extracting(item -> item.get("id").asText() + " " + item.get("state").asText())
        .containsExactly("done settled", "held settled");
    target.release("cancelled");
  }

  @Test
  void a_node_that_has_stopped_leaves_no_connection_behind(@TempDir Path dataDir) throws Exception {
    var there = TestDatabase.POSTGRESQL.settings();
    try (var stopped = RunningNode.start(dataDir, RunningNode.MAY_CALL_LOOPBACK, there)) {
      assertThat(stopped.api().settled("o", spec("one", "/ok")).at("/state")).isEqualTo("settled");
      Eventually.becomes(true, () -> connections(there).contains("retriever-wake-up"));
    }

    Eventually.becomes(List.of(), () -> connections(there));
  }

  /** What those to that database say that they are for, without the one that asks. */
  private static List<String> connections(String there) {
    var all = new ArrayList<String>();
    try (var connection = Storage.from(RunningNode.config(Path.of("."), there)).connect();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                """
                SELECT application_name FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)) {
      while (rows.next()) {
        all.add(rows.getString(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return all;
  }

  private static String spec(String id, String path) {
    return json("{'id': '%s', 'request': {'url': '%s'}}", id, target.url(path));
  }
}
