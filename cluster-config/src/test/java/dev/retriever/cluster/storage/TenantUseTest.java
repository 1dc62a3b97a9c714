package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.origin.OriginEvent;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.apache.pekko.persistence.jdbc.journal.dao.JournalTables.JournalPekkoSerializationRow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import scala.Option;

/** Pending fetches and bytes of tenants, in the transactions of journal rows. */
@ParameterizedClass
@EnumSource
class TenantUseTest {
  private static final String ACCEPTED = OriginEvent.FetchAccepted.class.getName();
  private static final String STARTED = OriginEvent.AttemptStarted.class.getName();
  private static final String SETTLED = OriginEvent.FetchSettled.class.getName();

  @TempDir private Path dataDir;
  @Parameter private TestDatabase database;
  private Storage storage;

  @BeforeEach
  void migrate() {
    storage = Storage.from(RunningNode.config(dataDir, database.settings()));
    TestWriter.migrated(storage);
  }

  private void write(JournalPekkoSerializationRow... rows) throws SQLException {
    var write = new JournalWrite(List.of(rows), new TreeMap<>());
    try (var connection = storage.connect()) {
      if (database == TestDatabase.H2) {
        JournalWrite.rowByRow(connection, write, TestWriter.WRITER);
      } else {
        PostgresWrite.execute(connection, write, TestWriter.WRITER);
      }
    }
  }

  private static JournalPekkoSerializationRow row(String id, long number, String manifest) {
    return new JournalPekkoSerializationRow(
        Long.MAX_VALUE,
        false,
        id,
        number,
        "writer",
        7L,
        "",
        new byte[100],
        33,
        manifest,
        Option.empty(),
        Option.empty(),
        Option.empty());
  }

  private String use(String tenant) throws SQLException {
    try (var connection = storage.connect();
        var query =
            connection.prepareStatement(
                "SELECT SUM(\"pending\"), SUM(\"bytes\") FROM \"tenant_use\" WHERE \"tenant\" = ?")) {
      query.setString(1, tenant);
      try (var rows = query.executeQuery()) {
        rows.next();
        return rows.getLong(1) + " pending, " + rows.getLong(2) + " bytes";
      }
    }
  }

  @Test
  void an_accepted_fetch_is_pending_until_its_settlement_is_written() throws SQLException {
    write(row("http|acme/a", 1, ACCEPTED), row("http|acme/b", 1, ACCEPTED));
    write(row("http|acme/a", 2, STARTED));
    assertThat(use("acme")).isEqualTo("2 pending, 300 bytes");

    write(row("http|acme/a", 3, SETTLED));

    assertThat(use("acme")).isEqualTo("1 pending, 400 bytes");
  }

  @Test
  void tenants_are_counted_apart_and_the_default_tenant_not_at_all() throws SQLException {
    write(
        row("http|acme/a", 1, ACCEPTED),
        row("http|shop/a", 1, ACCEPTED),
        row("http|a", 1, ACCEPTED),
        row("checkout|acme/a", 1, ACCEPTED));

    assertThat(use("acme")).isEqualTo("1 pending, 100 bytes");
    assertThat(use("shop")).isEqualTo("1 pending, 100 bytes");
    assertThat(tenants()).containsExactlyInAnyOrder("acme", "shop");
  }

  private List<String> tenants() throws SQLException {
    var tenants = new ArrayList<String>();
    try (var connection = storage.connect();
        var query = connection.createStatement();
        var rows = query.executeQuery("SELECT \"tenant\" FROM \"tenant_use\"")) {
      while (rows.next()) {
        tenants.add(rows.getString(1));
      }
    }
    return tenants;
  }

  @Test
  void a_write_that_is_refused_changes_nothing() throws SQLException {
    write(row("http|acme/a", 1, ACCEPTED));

    assertThatThrownBy(() -> write(row("http|acme/a", 1, ACCEPTED)))
        .isInstanceOf(SQLException.class);

    assertThat(use("acme")).isEqualTo("1 pending, 100 bytes");
  }

  @Test
  void writers_at_the_same_time_lose_no_change() throws Exception {
    var threads = Executors.newFixedThreadPool(4);
    try {
      var writes = new ArrayList<Callable<Void>>();
      for (var n = 0; n < 40; n++) {
        var origin = "http|acme/" + n;
        writes.add(
            () -> {
              write(
                  row(origin, 1, ACCEPTED), row("http|shop/" + origin.substring(10), 1, ACCEPTED));
              return null;
            });
      }
      for (var written : threads.invokeAll(writes)) {
        written.get();
      }
    } finally {
      threads.shutdown();
    }
    assertThat(use("acme")).isEqualTo("40 pending, 4000 bytes");
    assertThat(use("shop")).isEqualTo("40 pending, 4000 bytes");
  }

  @Test
  void purged_rows_are_taken_off_the_bytes_of_their_tenant() throws SQLException {
    for (var n = 1; n <= 10; n++) {
      write(row("http|acme/a", n, STARTED));
    }
    try (var connection = storage.connect()) {
      snapshot(connection, "http|acme/a", 7);
    }

    new Purge(storage, Optional.of(Duration.ofDays(1)), 4)
        .run(Instant.parse("2026-01-02T00:00:00Z"), () -> false, count -> {});

    assertThat(use("acme")).isEqualTo("0 pending, 400 bytes");
  }

  private static void snapshot(Connection connection, String id, long row) throws SQLException {
    try (var insert =
        connection.prepareStatement(
            "INSERT INTO \"snapshot\" (\"persistence_id\", \"sequence_number\", \"created\","
                + " \"snapshot_ser_id\", \"snapshot_ser_manifest\", \"snapshot_payload\")"
                + " VALUES (?, ?, 0, 1, '2', ?)")) {
      insert.setString(1, id);
      insert.setLong(2, row);
      insert.setBytes(3, new byte[1]);
      insert.executeUpdate();
    }
  }
}
