package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.RunningNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
  private static final String DB = "pekko-persistence-jdbc.shared-databases.slick.db.";

  @TempDir private Path dataDir;

  @Test
  void the_embedded_database_writes_before_it_acknowledges() {
    assertThat(storage().url())
        .startsWith("jdbc:h2:file:" + dataDir)
        .contains(";WRITE_DELAY=0")
        .contains(";DB_CLOSE_ON_EXIT=FALSE");
  }

  @Test
  void the_embedded_database_does_not_keep_for_long_what_it_has_written_anew() {
    assertThat(storage().url()).contains(";RETENTION_TIME=5000").contains(";COMPRESS=TRUE");
  }

  @Test
  void the_journal_uses_the_database_that_is_migrated() {
    var storage = storage();
    var config = storage.configure(RunningNode.config(dataDir));

    assertThat(config.getString(DB + "url")).isEqualTo(storage.url());
    assertThat(config.getString("jdbc-journal.use-shared-db")).isEqualTo("slick");
    assertThat(config.getString("jdbc-read-journal.use-shared-db")).isEqualTo("bulk");
    assertThat(config.getString(DB.replace("slick", "bulk") + "url")).isEqualTo(storage.url());
  }

  @Test
  void postgres_has_its_own_driver_and_credentials() {
    var config =
        RunningNode.config(
            dataDir,
            "retriever.node.db { url = \"jdbc:postgresql://h/d?x=s3cr3t\", user = u,"
                + " password = s3cr3t }");
    var storage = Storage.from(config);
    var configured = storage.configure(config);

    assertThat(configured.getString(DB + "driver")).isEqualTo("org.postgresql.Driver");
    assertThat(configured.getString(DB + "user")).isEqualTo("u");
    assertThat(configured.getString(DB + "password")).isEqualTo("s3cr3t");
    assertThat(storage).hasToString("jdbc:postgresql://h/d");
  }

  @Test
  void the_schema_is_made_once() throws SQLException {
    storage().migrate();
    insert("http|o", 1);

    storage().migrate();

    assertThatThrownBy(() -> insert("http|o", 1))
        .isInstanceOf(SQLIntegrityConstraintViolationException.class);
  }

  @Test
  void no_two_writers_can_write_the_same_row() throws SQLException {
    storage().migrate();

    assertThat(primaryKey()).containsExactlyInAnyOrder("persistence_id", "sequence_number");
  }

  @Test
  void a_directory_that_cannot_be_made_is_named() throws IOException {
    var file = Files.createFile(dataDir.resolve("file"));
    var storage = Storage.from(RunningNode.config(file));

    assertThatThrownBy(storage::migrate)
        .hasMessageContaining("RETRIEVER_DATA_DIR")
        .hasMessageContaining(file.toString());
  }

  @Test
  void java_serialization_is_off_and_rows_of_two_writers_stop_the_replay() {
    var config = RunningNode.config(dataDir);

    assertThat(config.getBoolean("pekko.actor.allow-java-serialization")).isFalse();
    assertThat(config.getString("jdbc-journal.replay-filter.mode")).isEqualTo("fail");
  }

  private Storage storage() {
    return Storage.from(RunningNode.config(dataDir));
  }

  private Connection connection() throws SQLException {
    var storage = storage();
    return DriverManager.getConnection(storage.url(), storage.user(), storage.password());
  }

  private void insert(String persistenceId, long sequenceNumber) throws SQLException {
    try (var connection = connection();
        var insert =
            connection.prepareStatement(
                """
                INSERT INTO "event_journal" ("persistence_id", "sequence_number", "writer",
                  "write_timestamp", "adapter_manifest", "event_payload", "event_ser_id",
                  "event_ser_manifest") VALUES (?, ?, 'w', 0, '', X'00', 0, '')
                """)) {
      insert.setString(1, persistenceId);
      insert.setLong(2, sequenceNumber);
      insert.executeUpdate();
    }
  }

  private List<String> primaryKey() throws SQLException {
    var columns = new ArrayList<String>();
    try (var connection = connection();
        var keys = connection.getMetaData().getPrimaryKeys(null, null, "event_journal")) {
      while (keys.next()) {
        columns.add(keys.getString("COLUMN_NAME"));
      }
    }
    return columns;
  }
}
