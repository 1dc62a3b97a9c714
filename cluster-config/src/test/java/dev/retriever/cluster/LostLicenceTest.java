package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.storage.Storage;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Which nodes of a cluster may write to the journal. */
class LostLicenceTest {
  @TempDir private Path directory;
  private final TestTarget target = new TestTarget();
  private String database;
  private RunningNode node;

  @BeforeEach
  void start(TestInfo test) {
    database = RunningNode.sharing(test.getTestMethod().orElseThrow().getName());
    node = node();
  }

  @AfterEach
  void stop() {
    node.close();
    target.close();
  }

  private RunningNode node(String... overrides) {
    var all = new ArrayList<>(List.of(overrides));
    all.add(database);
    all.add(RunningNode.MAY_CALL_LOOPBACK);
    all.add("retriever.origin.ask-timeout = 1 s");
    return RunningNode.start(directory, all.toArray(String[]::new));
  }

  private int settled(RunningNode by, String origin) {
    var fetch = json("{'id': 'f', 'request': {'url': '%s'}}", target.url("/ok"));
    return by.api().settled(origin, fetch).status();
  }

  private int sql(String statement) {
    try (var connection = Storage.from(RunningNode.config(directory, database)).connect();
        var sql = connection.createStatement()) {
      if (!sql.execute(statement)) {
        return sql.getUpdateCount();
      }
      try (var rows = sql.getResultSet()) {
        rows.next();
        return rows.getInt(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private int licences() {
    return sql("SELECT count(*) FROM \"journal_writer\"");
  }

  private boolean isGone() {
    try {
      node.stat("/settled/answered");
      return false;
    } catch (AssertionError e) {
      return true;
    }
  }

  /** False also when the node ends before it answers. */
  private boolean answered(String origin) {
    try {
      return settled(node, origin) == 200;
    } catch (AssertionError e) {
      return false;
    }
  }

  @Test
  void a_node_that_has_left_has_none_and_the_others_write_on() {
    try (var second = node(node.joining())) {
      for (var i = 0; i < 20; i++) {
        var origin = "origin-" + i;
        Eventually.becomes(200, () -> settled(node, origin));
      }
      Eventually.becomes(200, () -> settled(second, "there"));
      assertThat(licences()).isEqualTo(2);
    }

    Eventually.becomes(1, this::licences);
    for (var i = 20; i < 30; i++) {
      var origin = "origin-" + i;
      Eventually.becomes(200, () -> settled(node, origin));
    }
  }

  @Test
  void a_node_that_has_lost_it_stores_nothing_more_and_ends() throws SQLException {
    Eventually.becomes(200, () -> settled(node, "before"));
    assertThat(sql("DELETE FROM \"journal_writer\"")).isEqualTo(1);
    var rows = sql("SELECT count(*) FROM \"event_journal\"");

    assertThat(answered("after")).isFalse();

    Eventually.becomes(true, this::isGone);
    assertThat(sql("SELECT count(*) FROM \"event_journal\"")).isEqualTo(rows);
    assertThat(licences()).isZero();
  }
}
