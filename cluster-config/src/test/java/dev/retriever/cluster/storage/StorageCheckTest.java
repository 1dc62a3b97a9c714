package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import dev.retriever.cluster.Retriever;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.cluster.TestPostgres;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A database that would break the promises is refused when a node starts. */
class StorageCheckTest {
  @TempDir private Path dataDir;

  @ParameterizedTest
  @EnumSource
  void a_sound_database_is_taken(TestDatabase database) {
    var config = config(database.settings());

    assertThatCode(() -> Retriever.prepare(config)).doesNotThrowAnyException();
  }

  @Test
  void a_postgresql_that_acknowledges_before_it_has_written_is_refused() throws Exception {
    var config = config(TestDatabase.POSTGRESQL.settings());
    execute(config, databaseSetting(config, "synchronous_commit"));

    assertThatThrownBy(() -> Retriever.prepare(config))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("synchronous_commit = off")
        .hasMessageContaining("retriever.node.db.allow-unsafe = true")
        .hasMessageContaining("RETRIEVER_DB_ALLOW_UNSAFE");
  }

  @Test
  void a_postgresql_that_does_not_survive_a_crash_of_its_machine_is_refused() {
    var off = Map.of("fsync", "off", "full_page_writes", "off");
    try (var postgres = TestPostgres.startWith(dataDir.resolve("pg"), off)) {
      var config = config(postgres.database());
      var allowed = config(postgres.database(), "retriever.node.db.allow-unsafe = true");

      assertThatThrownBy(() -> Retriever.prepare(config))
          .hasMessageContaining("fsync = off, full_page_writes = off");
      assertThatCode(() -> Retriever.prepare(allowed)).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_journal_without_its_fence_is_refused_whatever_is_allowed(TestDatabase database)
      throws Exception {
    var config = config(database.settings(), "retriever.node.db.allow-unsafe = true");
    Retriever.prepare(config);
    var table = "ALTER TABLE \"event_journal\" ";
    if (database == TestDatabase.POSTGRESQL) {
      execute(config, table + "DROP CONSTRAINT event_journal_pkey");
      execute(config, table + "ADD PRIMARY KEY (ordering)");
    } else {
      execute(config, table + "DROP PRIMARY KEY");
    }

    assertThatThrownBy(() -> Retriever.prepare(config))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("event_journal")
        .hasMessageContaining("(persistence_id, sequence_number)");
  }

  private Config config(String... overrides) {
    return RunningNode.config(dataDir, overrides);
  }

  private static String databaseSetting(Config config, String setting) {
    var url = config.getString("retriever.node.db.url");
    var database = url.substring(url.lastIndexOf('/') + 1);
    return "ALTER DATABASE " + database + " SET " + setting + " = off";
  }

  private static void execute(Config config, String sql) throws SQLException {
    try (var connection = Storage.from(config).connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
