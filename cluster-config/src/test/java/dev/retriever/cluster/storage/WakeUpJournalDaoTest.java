package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import dev.retriever.cluster.Retriever;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.jdbc.config.JournalConfig;
import org.apache.pekko.persistence.jdbc.db.SlickExtension;
import org.apache.pekko.persistence.jdbc.journal.dao.JournalTables.JournalPekkoSerializationRow;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.stream.SystemMaterializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

/** Whatever way a write takes to the database, its wake-ups come with its rows. */
@ParameterizedClass
@EnumSource
class WakeUpJournalDaoTest {
  private static final String WAKE_UP = "retriever-wake-up|1893499200000|x#1";
  private static final String SMALL_BATCHES = "retriever.node.db.batch-bytes = 10 KiB";

  @TempDir private Path directory;
  @Parameter private TestDatabase kind;
  private Config config;
  private ActorSystem system;
  private WakeUpJournalDao dao;

  @BeforeEach
  void start() {
    config = Retriever.prepare(RunningNode.config(directory, kind.settings(), SMALL_BATCHES));
    system = ActorSystem.create("dao", config);
    var journal = config.getConfig("jdbc-journal");
    var database = SlickExtension.createExtension((ExtendedActorSystem) system).database(journal);
    dao =
        new WakeUpJournalDao(
            database.database(),
            database.profile(),
            new JournalConfig(journal),
            SerializationExtension.get((ClassicActorSystemProvider) system),
            system.dispatcher(),
            SystemMaterializer.get(system).materializer());
  }

  @AfterEach
  void stop() {
    system.terminate();
    FutureConverters.asJava(system.whenTerminated()).toCompletableFuture().join();
  }

  private void write(JournalPekkoSerializationRow row, String... tags) {
    var tagged = new Tuple2<>(row, CollectionConverters.asScala(Set.of(tags)).<String>toSet());
    var written = dao.queueWriteJournalRows(CollectionConverters.asScala(List.of(tagged)).toSeq());
    FutureConverters.asJava(written).toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private List<String> all(String columns, String table) throws SQLException {
    var found = new ArrayList<String>();
    try (var connection = Storage.from(config).connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT " + columns + " FROM \"" + table + "\"")) {
      while (rows.next()) {
        found.add(rows.getString(1) + " " + rows.getLong(2));
      }
    }
    return found;
  }

  private List<String> rows() throws SQLException {
    return all("\"persistence_id\", \"sequence_number\"", "event_journal");
  }

  private List<String> wakeUps() throws SQLException {
    return all("\"persistence_id\", \"sequence_number\"", "wake_up");
  }

  @Test
  void a_row_is_written_with_its_wake_up() throws SQLException {
    write(PostgresWriteTest.row("http|a", 1), WAKE_UP);

    assertThat(rows()).containsExactly("http|a 1");
    assertThat(wakeUps()).containsExactly("http|a 1");
  }

  @Test
  void a_row_larger_than_a_batch_is_written_with_its_wake_up() throws SQLException {
    write(PostgresWriteTest.row("http|a", 1, new byte[100_000]), WAKE_UP);

    assertThat(rows()).containsExactly("http|a 1");
    assertThat(wakeUps()).containsExactly("http|a 1");
  }

  @Test
  void a_row_with_tags_of_other_users_is_written_with_its_wake_up() throws SQLException {
    write(PostgresWriteTest.row("shop|a", 1), WAKE_UP, "red");

    assertThat(rows()).containsExactly("shop|a 1");
    assertThat(wakeUps()).containsExactly("shop|a 1");
    assertThat(all("\"tag\", \"event_id\"", "event_tag"))
        .singleElement()
        .asString()
        .startsWith("red");
  }

  @Test
  void a_row_of_an_origin_without_needs_deletes_its_wake_up() throws SQLException {
    write(PostgresWriteTest.row("shop|a", 1), WAKE_UP, "red");

    write(PostgresWriteTest.row("shop|a", 2), "retriever-wake-up|never", "red");

    assertThat(wakeUps()).isEmpty();
  }
}
