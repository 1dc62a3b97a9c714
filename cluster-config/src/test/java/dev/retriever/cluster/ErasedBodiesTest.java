package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a fetch sent and got is erased from real databases. */
@ParameterizedClass
@EnumSource
class ErasedBodiesTest {
  private static final String CANARY = "canary-7719";
  private static final String OWN_SERVER = "own-server";

  /** Kept segments of the log would be used again, with what is in them. */
  private static final Map<String, String> LOG_IS_DELETED =
      Map.of("wal_recycle", "off", "min_wal_size", "32MB", "max_wal_size", "32MB");

  @TempDir private Path directory;
  @Parameter private TestDatabase database;
  private final TestTarget target = new TestTarget();
  private TestPostgres server;
  private String settings;
  private RunningNode node;
  private Api api;

  @BeforeEach
  void start(TestInfo test) {
    if (database == TestDatabase.POSTGRESQL && test.getTags().contains(OWN_SERVER)) {
      server = TestPostgres.startWith(directory.resolve("server"), LOG_IS_DELETED);
    }
    settings = server == null ? database.settings() : server.database();
    startNode();
  }

  private void startNode() {
    node =
        RunningNode.start(
            directory.resolve("node"),
            settings,
            RunningNode.MAY_CALL_LOOPBACK,
            "retriever.origin.snapshot-every = 2");
    api = node.api();
  }

  @AfterEach
  void stop() {
    node.close();
    if (server != null) {
      server.close();
    }
    target.close();
  }

  private Storage storage() {
    return Storage.from(RunningNode.config(directory.resolve("node"), settings));
  }

  private Connection connect() throws SQLException {
    var storage = storage();
    return DriverManager.getConnection(storage.url(), storage.user(), storage.password());
  }

  /** One that is pending when snapshots are taken, and has the canary in each of its parts. */
  private void settledWithCanary(String id) {
    var submitted =
        api.submit(
            "o",
            json(
                "{'id': '%s', 'labels': {'customer': '%s'}, 'request': {'url': '%s', 'method': 'POST',"
                    + " 'body': '%s', 'headers': {'X-Data': '%s'}, 'idempotencyKey': '%s'},"
                    + " 'redirects': 2}",
                id,
                CANARY,
                target.url("/redirect/307?/echo/" + id + "?" + CANARY),
                CANARY.repeat(3),
                CANARY,
                CANARY));
    assertThat(submitted.status()).isEqualTo(202);
    for (var other = 0; other < 3; other++) {
      api.settled("o", json("{'request': {'url': '%s'}}", target.url("/ok")));
    }
    target.release(id);
    var settled = api.settled(fetch("o", id));
    assertThat(settled.at("/outcome/body")).contains(CANARY);
  }

  private Api.Answer erase(String id) {
    return api.delete(fetch("o", id) + "/bodies");
  }

  private void erased(String id) {
    assertThat(erase(id).status()).isIn(200, 202);
    Eventually.becomes(200, () -> erase(id).status());
  }

  private List<String> columnsWithCanary() throws SQLException {
    var found = new ArrayList<String>();
    try (var connection = connect()) {
      for (var column :
          List.of(
              "event_journal.event_payload",
              "snapshot.snapshot_payload",
              "fetch_index.labels",
              "fetch_label.label")) {
        var parts = column.split("\\.");
        try (var query = connection.createStatement();
            var rows =
                query.executeQuery("SELECT \"%s\" FROM \"%s\"".formatted(parts[1], parts[0]))) {
          while (rows.next()) {
            var bytes = rows.getBytes(1);
            if (bytes != null && new String(bytes, StandardCharsets.ISO_8859_1).contains(CANARY)) {
              found.add(column);
            }
          }
        }
      }
    }
    return found;
  }

  @Test
  void no_row_no_snapshot_and_no_label_has_them_any_more() throws SQLException {
    settledWithCanary("f");
    assertThat(columnsWithCanary())
        .contains(
            "event_journal.event_payload",
            "snapshot.snapshot_payload",
            "fetch_index.labels",
            "fetch_label.label");

    erased("f");

    assertThat(columnsWithCanary()).isEmpty();
  }

  @Test
  void nothing_of_them_is_shown_from_the_answer_on_also_after_a_restart() {
    settledWithCanary("f");

    erase("f");

    var shown = api.get(fetch("o", "f"));
    assertThat(shown.text()).doesNotContain(CANARY).contains("\"erased\":");
    assertThat(shown.at("/outcome/status")).isEqualTo("200");
    assertThat(shown.at("/outcome/body")).isEmpty();
    erased("f");
    node.close();
    startNode();
    var after = api.get(fetch("o", "f"));
    assertThat(after.text()).doesNotContain(CANARY).contains("\"erased\":\"done\"");
    assertThat(api.get("/v1/origins/o/fetches").text()).doesNotContain(CANARY);
  }

  @Test
  void the_stream_of_outcomes_shows_it_without_them() {
    settledWithCanary("f");
    erase("f");

    try (var stream = Subscription.stream(api, Subscription.path("o"), "Last-Event-ID", "0")) {
      var event = stream.next("outcome");
      while (!event.data().contains("\"id\":\"f\"")) {
        event = stream.next("outcome");
      }
      assertThat(event.data()).doesNotContain(CANARY).contains("\"erased\":");
    }
  }

  @Test
  void its_id_is_neither_submitted_nor_redriven_again() {
    settledWithCanary("f");
    erased("f");

    var repeat = api.submit("o", json("{'id': 'f', 'request': {'url': '%s'}}", target.url("/ok")));
    var redrive = api.send("POST", fetch("o", "f") + "/redrive", null);

    assertThat(repeat.status()).isEqualTo(409);
    assertThat(repeat.at("/type")).isEqualTo("/problems/erased");
    assertThat(redrive.status()).isEqualTo(409);
    assertThat(redrive.at("/type")).isEqualTo("/problems/erased");
  }

  @Test
  void a_pending_fetch_and_one_that_there_is_not_are_refused() {
    api.submit("o", json("{'id': 'p', 'request': {'url': '%s'}}", target.url("/never")));

    assertThat(erase("p").at("/type")).isEqualTo("/problems/fetch-not-settled");
    assertThat(erase("nothing").status()).isEqualTo(404);
    api.delete(fetch("o", "p"));
    erased("p");
  }

  private boolean isInFiles() throws SQLException, IOException {
    try (var connection = connect();
        var sql = connection.createStatement()) {
      if (server == null) {
        sql.execute("SHUTDOWN COMPACT");
      } else {
        sql.execute("VACUUM FULL");
        sql.execute("CHECKPOINT");
        sql.execute("SELECT pg_switch_wal()");
        sql.execute("CHECKPOINT");
        sql.execute("SELECT pg_switch_wal()");
        sql.execute("CHECKPOINT");
      }
    }
    try (var files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).anyMatch(ErasedBodiesTest::hasCanary);
    }
  }

  private static boolean hasCanary(Path file) {
    try {
      var text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      return text.contains(CANARY);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @Tag(OWN_SERVER)
  void the_files_of_the_database_do_not_have_them_once_it_has_tidied_up() throws Exception {
    settledWithCanary("f");
    node.close();
    assertThat(isInFiles()).isTrue();
    startNode();
    erased("f");
    node.close();

    assertThat(isInFiles()).isFalse();
  }
}
