package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.cluster.storage.Tombstones.Tombstone;
import dev.retriever.origin.OriginEvent.OriginForgotten;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** An origin that writes while it is to be forgotten, in real databases. */
@ParameterizedClass
@EnumSource
class TombstonesTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");

  @TempDir private Path directory;
  @Parameter private TestDatabase database;
  private Storage storage;
  private Tombstones tombstones;

  @BeforeEach
  void migrate() {
    storage = Storage.from(RunningNode.config(directory, database.settings()));
    TestWriter.migrated(storage);
    var licence = new JournalLicence(TestWriter.WRITER, () -> {});
    tombstones = new Tombstones(storage, SerializationExtension.get(KIT.system()), licence);
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private void written(String id, long row) throws SQLException {
    var write = new JournalWrite(List.of(PostgresWriteTest.row(id, row)), new TreeMap<>());
    try (var connection = storage.connect()) {
      if (database == TestDatabase.H2) {
        JournalWrite.rowByRow(connection, write, TestWriter.WRITER);
      } else {
        PostgresWrite.execute(connection, write, TestWriter.WRITER);
      }
    }
  }

  private Purge.Count write(Tombstone... all) throws SQLException {
    try (var connection = storage.connect()) {
      return tombstones.write(connection, List.of(all), NOW);
    }
  }

  private static Tombstone tombstone(String id, long row) {
    return new Tombstone(id, new OriginForgotten(row, 1, row - 1, NOW));
  }

  private List<Long> rows(String id) throws SQLException {
    var found = new ArrayList<Long>();
    try (var connection = storage.connect();
        var query =
            connection.prepareStatement(
                "SELECT \"sequence_number\" FROM \"event_journal\" WHERE \"persistence_id\" = ?"
                    + " ORDER BY 1")) {
      query.setString(1, id);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getLong(1));
        }
      }
    }
    return found;
  }

  @Test
  void one_that_has_written_first_keeps_all_its_rows() throws SQLException {
    written("a", 1);
    written("a", 2);

    if (database == TestDatabase.H2) {
      assertThatThrownBy(() -> write(tombstone("a", 2))).isInstanceOf(SQLException.class);
    } else {
      assertThat(write(tombstone("a", 2))).isEqualTo(Purge.Count.NONE);
    }

    assertThat(rows("a")).containsExactly(1L, 2L);
  }

  @Test
  void one_that_writes_afterwards_is_refused() throws SQLException {
    written("a", 1);

    assertThat(write(tombstone("a", 2))).isEqualTo(new Purge.Count(1, 0, 1));

    assertThatThrownBy(() -> written("a", 2)).isInstanceOf(SQLException.class);
    assertThat(rows("a")).containsExactly(2L);
  }

  @Test
  void one_whose_write_is_under_way_is_not_waited_for_and_nothing_is_deleted() throws SQLException {
    written("a", 1);
    written("b", 1);
    try (var writing = storage.connect();
        var insert = writing.createStatement()) {
      writing.setAutoCommit(false);
      insert.execute(
          "INSERT INTO \"event_journal\" (\"persistence_id\", \"sequence_number\", \"writer\","
              + " \"write_timestamp\", \"adapter_manifest\", \"event_payload\", \"event_ser_id\","
              + " \"event_ser_manifest\") SELECT 'b', 2, 'w', 0, '', \"event_payload\", 0, ''"
              + " FROM \"event_journal\" WHERE \"persistence_id\" = 'b'");

      assertThatThrownBy(() -> write(tombstone("a", 2), tombstone("b", 2)))
          .isInstanceOf(SQLException.class);
      writing.commit();
    }

    assertThat(rows("a")).containsExactly(1L);
    assertThat(rows("b")).containsExactly(1L, 2L);
    assertThat(write(tombstone("a", 2))).isEqualTo(new Purge.Count(1, 0, 1));
  }

  private Purge.Count delete(String id, long row) throws SQLException {
    try (var connection = storage.connect()) {
      return tombstones.delete(connection, List.of(Map.entry(id, row)));
    }
  }

  @Test
  void after_the_second_time_nothing_is_left_of_one_but_of_one_that_has_written_again()
      throws SQLException {
    for (var id : List.of("a", "b")) {
      written(id, 1);
      write(tombstone(id, 2));
    }
    written("b", 3);

    assertThat(delete("a", 2)).isEqualTo(new Purge.Count(1, 0));
    assertThat(delete("b", 2)).isEqualTo(Purge.Count.NONE);
    assertThat(rows("a")).isEmpty();
    assertThat(rows("b")).containsExactly(2L, 3L);
  }

  @Test
  void a_row_of_an_origin_that_is_not_forgotten_is_never_deleted() throws SQLException {
    written("a", 1);

    assertThat(delete("a", 1)).isEqualTo(Purge.Count.NONE);
    assertThat(rows("a")).containsExactly(1L);
  }

  @Test
  void a_row_of_other_code_that_has_the_same_manifest_is_never_deleted() throws SQLException {
    written("a", 1);
    try (var connection = storage.connect();
        var update = connection.createStatement()) {
      update.execute("UPDATE \"event_journal\" SET \"event_ser_manifest\" = 'F'");
    }

    assertThat(delete("a", 1)).isEqualTo(Purge.Count.NONE);
    assertThat(tombstones.form().isThatOf(1, "F")).isFalse();
    assertThat(rows("a")).containsExactly(1L);
  }
}
