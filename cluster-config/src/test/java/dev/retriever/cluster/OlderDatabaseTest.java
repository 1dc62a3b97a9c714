package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.zip.GZIPInputStream;
import org.h2.tools.RunScript;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node reads what a node of an earlier version wrote, whose classes had other names and places.
 * The database was filled over HTTP by the version of 2026-11-29: fetches settled in each way, an
 * origin with a snapshot, two that wait for a retry, and one whose node was killed meanwhile. It
 * had no tenants; what it wrote is the default tenant's.
 */
class OlderDatabaseTest {
  @TempDir private Path dataDir;
  private final TestCallers callers = new TestCallers();
  private final String key = callers.key("default");
  private final String otherKey = callers.key("acme");
  private RunningNode node;

  @BeforeEach
  void start_on_the_older_database() throws IOException, SQLException {
    var file = dataDir.resolve("retriever").toAbsolutePath();
    try (var script =
            new GZIPInputStream(
                OlderDatabaseTest.class.getResourceAsStream("/database/2026-11-29.sql.gz"));
        var connection =
            DriverManager.getConnection(
                "jdbc:h2:file:" + file + ";DATABASE_TO_UPPER=false", "retriever", "")) {
      RunScript.execute(connection, new InputStreamReader(script, StandardCharsets.UTF_8));
      withoutWhatTheSnapshotHas(connection);
    }
    node =
        RunningNode.start(
            dataDir,
            RunningNode.MAY_CALL_LOOPBACK,
            // What it has grows older with each day.
            "retriever.origin.retention = forever",
            callers.settings(),
            "retriever.node.tenants { acme { pools = [default] } }");
  }

  private Api api() {
    return node.api().as(key);
  }

  /** As after a purge: without these rows, the origin can be recovered from its snapshot only. */
  private static void withoutWhatTheSnapshotHas(Connection connection) throws SQLException {
    try (var delete =
        connection.prepareStatement(
            """
            DELETE FROM "event_journal" WHERE "persistence_id" = 'http|many'
            AND "sequence_number" <= 200 AND "event_ser_manifest" LIKE '%FetchAccepted'
            """)) {
      assertThat(delete.executeUpdate()).isEqualTo(100);
    }
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void outcomes_bodies_and_late_answers_are_read() {
    var answered = api().get(fetch("settled", "answered"));
    assertThat(answered.at("/outcome/type")).isEqualTo("answered");
    assertThat(answered.at("/outcome/body")).contains("a8785ffb-86b3-45c6-b258-5f166697bde4");
    var failed = api().get(fetch("settled", "failed"));
    assertThat(failed.at("/outcome/type")).isEqualTo("failed");
    assertThat(failed.at("/outcome/reason")).isEqualTo("connection-refused");
    var cancelled = api().get(fetch("settled", "cancelled"));
    assertThat(cancelled.at("/outcome/type")).isEqualTo("cancelled");
    assertThat(cancelled.json().at("/late")).hasSize(1);
    assertThat(api().get(fetch("settled", "large")).at("/outcome/body")).contains("LLLL");
  }

  @Test
  void an_origin_with_a_snapshot_is_recovered_and_goes_on() {
    var last = api().get(fetch("many", "m-149"));
    assertThat(last.at("/outcome/type")).isEqualTo("answered");
    assertThat(api().get(fetch("many", "m-0")).at("/state")).isEqualTo("settled");
  }

  @Test
  void a_fetch_whose_node_was_killed_settles_by_itself_and_once() throws SQLException {
    var before = node.journaled("killed");

    Eventually.becomes("settled", () -> api().get(fetch("killed", "open")).at("/state"));

    assertThat(api().get(fetch("killed", "open")).at("/outcome/type")).isEqualTo("unknown");
    assertThat(node.journaled("killed")).isBetween(before, before + 2);
  }

  @Test
  void a_fetch_that_waits_for_its_retry_is_known_and_can_be_taken_back() {
    assertThat(api().delete(fetch("pending", "due-late")).status()).isIn(200, 409);
    assertThat(api().get(fetch("pending", "due-late")).at("/state")).isEqualTo("settled");
  }

  @Test
  void another_tenant_has_nothing_of_it() {
    var other = node.api().as(otherKey);

    assertThat(other.get(fetch("settled", "answered")).status()).isEqualTo(404);
    assertThat(other.get(Api.fetches("many")).text()).isEqualTo("{\"items\":[]}");
    assertThat(api().get(Api.fetches("many")).json().get("items")).isNotEmpty();
  }
}
