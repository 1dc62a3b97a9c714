package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.alarms.WakeUp;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.cluster.storage.WakeUpTable.Written;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.pekko.persistence.jdbc.journal.dao.JournalTables.JournalPekkoSerializationRow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;

/** Rows and wake-ups in one message, on a real PostgreSQL. */
class PostgresWriteTest {
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");

  @TempDir private Path directory;
  private Connection connection;

  @BeforeEach
  void connect() throws SQLException {
    var storage = Storage.from(RunningNode.config(directory, TestDatabase.POSTGRESQL.settings()));
    TestWriter.migrated(storage);
    connection = storage.connect();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  static JournalPekkoSerializationRow row(String id, long number, byte[] payload) {
    return new JournalPekkoSerializationRow(
        Long.MAX_VALUE,
        false,
        id,
        number,
        "writer",
        7L,
        "",
        payload,
        33,
        "manifest",
        Option.empty(),
        Option.empty(),
        Option.empty());
  }

  static JournalPekkoSerializationRow row(String id, long number) {
    return row(id, number, (id + number).getBytes(StandardCharsets.UTF_8));
  }

  private void write(List<JournalPekkoSerializationRow> rows, SortedMap<String, Written> wakeUps)
      throws SQLException {
    PostgresWrite.execute(connection, new JournalWrite(rows, wakeUps), TestWriter.WRITER);
  }

  static SortedMap<String, Written> wakeUp(String id, long row) {
    var wakeUps = new TreeMap<String, Written>();
    wakeUps.put(id, new Written(row, new WakeUp(Optional.of(NOON), new TreeSet<>(List.of("x#1")))));
    return wakeUps;
  }

  private List<String> rows() throws SQLException {
    var found = new ArrayList<String>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT persistence_id, sequence_number, event_payload FROM event_journal"
                    + " ORDER BY ordering")) {
      while (rows.next()) {
        var payload = new String(rows.getBytes(3), StandardCharsets.UTF_8);
        found.add(rows.getString(1) + "/" + rows.getLong(2) + "=" + payload);
      }
    }
    return found;
  }

  private long wakeUps() throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT count(*) FROM wake_up")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test
  void rows_are_journaled_in_their_order_with_their_wake_ups() throws SQLException {
    write(List.of(row("http|b", 1), row("http|a", 1), row("http|b", 2)), wakeUp("http|b", 2));

    assertThat(rows()).containsExactly("http|b/1=http|b1", "http|a/1=http|a1", "http|b/2=http|b2");
    assertThat(wakeUps()).isEqualTo(1);
  }

  @Test
  void with_a_row_number_that_is_taken_nothing_of_the_batch_is_written() throws SQLException {
    write(List.of(row("http|a", 1)), new TreeMap<>());

    assertThatThrownBy(
            () -> write(List.of(row("http|b", 1), row("http|a", 1)), wakeUp("http|b", 1)))
        .isInstanceOf(SQLException.class);

    assertThat(rows()).containsExactly("http|a/1=http|a1");
    assertThat(wakeUps()).isZero();
  }

  /** The wake-ups are written last: what fails there must take the rows along. */
  @Test
  void with_a_wake_up_that_is_refused_no_row_is_written() throws SQLException {
    var tooLong = "http|" + "x".repeat(300);

    assertThatThrownBy(() -> write(List.of(row("http|a", 1)), wakeUp(tooLong, 1)))
        .isInstanceOf(SQLException.class);

    assertThat(rows()).isEmpty();
  }

  @Test
  void the_write_stays_one_transaction_when_the_statement_is_prepared_on_the_server()
      throws SQLException {
    for (var number = 1; number <= 20; number++) {
      write(List.of(row("http|a", number)), wakeUp("http|a", number));
    }

    assertThatThrownBy(
            () -> write(List.of(row("http|b", 1), row("http|a", 20)), wakeUp("http|b", 1)))
        .isInstanceOf(SQLException.class);

    assertThat(rows()).hasSize(20).doesNotContain("http|b/1=http|b1");
    assertThat(wakeUps()).isEqualTo(1);
  }

  /** A plan is kept for as long as its connection, while the table grows. */
  @Test
  void rows_of_queues_are_found_by_keys_though_the_plan_is_made_on_a_small_table()
      throws SQLException {
    var storage = Storage.from(RunningNode.config(directory, TestDatabase.POSTGRESQL.settings()));
    storage.migrate();
    try (var journal = storage.connections().open(ConnectionSettings.Use.JOURNAL);
        var statement = journal.createStatement()) {
      statement.execute(
          """
          INSERT INTO queue_slot SELECT 'q', n, n, 'http|a', 'f', 1, 'k', 0, FALSE, FALSE, FALSE
          FROM generate_series(1, 10) AS n;
          ANALYZE queue_slot;
          PREPARE free AS %s;
          SET plan_cache_mode = force_generic_plan
          """
              .formatted(
                  PostgresQueueWrite.FREE_SLOTS
                      .replaceFirst("\\?", "\\$1")
                      .replaceFirst("\\?", "\\$2")
                      .replaceFirst("\\?", "\\$3")));
      var plan = statement.executeQuery("EXPLAIN EXECUTE free('{}', '{}', '{}')");
      var lines = new ArrayList<String>();
      while (plan.next()) {
        lines.add(plan.getString(1).strip());
      }
      assertThat(String.join("\n", lines))
          .contains("queue_slot_pkey")
          .doesNotContain("Seq Scan", "Hash Join");
    }
  }
}
