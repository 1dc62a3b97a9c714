package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.storage.ConnectionSettings.Use;
import dev.retriever.cluster.storage.WakeUpTable.Written;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.pekko.persistence.jdbc.journal.dao.JournalTables.JournalPekkoSerializationRow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows and wake-ups in a transaction, on connections of a pool of the embedded database. */
class JournalWriteTest {
  @TempDir private Path directory;
  private Connections.Pool connections;

  @BeforeEach
  void connect() {
    var storage = Storage.from(RunningNode.config(directory));
    TestWriter.migrated(storage);
    connections = storage.connections().pool(Use.JOURNAL, 1);
  }

  @AfterEach
  void close() {
    connections.close();
  }

  private void write(List<JournalPekkoSerializationRow> rows, SortedMap<String, Written> wakeUps)
      throws SQLException {
    try (var connection = connections.get()) {
      JournalWrite.rowByRow(connection, new JournalWrite(rows, wakeUps), TestWriter.WRITER);
    }
  }

  private long count(String table) throws SQLException {
    try (var connection = connections.get();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT count(*) FROM \"" + table + "\"")) {
      assertThat(connection.getAutoCommit()).isTrue();
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test
  void rows_are_written_with_their_wake_ups() throws SQLException {
    write(
        List.of(PostgresWriteTest.row("a", 1), PostgresWriteTest.row("b", 1)),
        PostgresWriteTest.wakeUp("b", 1));

    assertThat(count("event_journal")).isEqualTo(2);
    assertThat(count("wake_up")).isEqualTo(1);
  }

  @Test
  void a_write_that_failed_in_the_middle_leaves_nothing_behind_and_the_connection_serves_the_next()
      throws SQLException {
    var tooLong = "http|" + "x".repeat(300);

    assertThatThrownBy(
            () ->
                write(List.of(PostgresWriteTest.row("a", 1)), PostgresWriteTest.wakeUp(tooLong, 1)))
        .isInstanceOf(SQLException.class);

    assertThat(count("event_journal")).isZero();
    write(List.of(PostgresWriteTest.row("a", 1)), new TreeMap<>());
    assertThat(count("event_journal")).isEqualTo(1);
  }
}
